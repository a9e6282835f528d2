using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Kernels;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Neurons;
using SpikeTrail.Snn.Probes;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Execution;

/// <summary>
/// All that the layers of one layer group remember of one pass: what backward needs, last in first out; membrane
/// potentials; weight gradients that nobody has used yet; and what the probes saw. Layers hold weights only, so several
/// passes can be under way in one group. Disposing the tape frees everything.
/// </summary>
/// <param name="request">What the pass wants.</param>
/// <param name="use">Is shown each weight's gradient as soon as it is complete, before it is freed; null to have the tape keep them all.</param>
public sealed class PassTape(PassRequest request, Action<Parameter, Tensor>? use = null) : IDisposable
{
    private readonly Stack<Tensor> _saved = new();
    private readonly Stack<ChannelTerms> _terms = new();
    private readonly Dictionary<Layer, Membrane> _membranes = [];
    private readonly Dictionary<Operation, GatheredWindows> _gathered = [];
    private readonly Dictionary<Parameter, Tensor> _gradients = [];

    /// <summary>What the pass wants.</summary>
    public PassRequest Request { get; } = request;

    /// <summary>What the probes saw so far; null when they are off.</summary>
    public GradientProbe? Probe { get; } = request.Probes ? new GradientProbe() : null;

    /// <summary>What neurons fired so far; null when nobody asks.</summary>
    public SpikeProbe? Spikes { get; } = request.Spikes ? new SpikeProbe() : null;

    /// <summary>The weight gradients found so far, less those that were used.</summary>
    public IReadOnlyDictionary<Parameter, Tensor> WeightGradients => _gradients;

    /// <summary>Tensors still saved; 0 once backward is through.</summary>
    public int SavedCount => _saved.Count;

    /// <summary>Bytes of the tensors that are saved; a tensor that is saved twice counts twice.</summary>
    public long SavedBytes => _saved.Sum(tensor => tensor.NumberOfElements * tensor.ElementSize);

    /// <summary>Keeps a tensor for backward; the tape owns it from here on.</summary>
    public void Push(Tensor tensor) => _saved.Push(tensor.DetachFromDisposeScope());

    /// <summary>Gives back the tensor kept last; the caller owns it.</summary>
    public Tensor Pop() => _saved.Pop();

    /// <summary>Keeps what batch norm came to for backward.</summary>
    internal void Push(ChannelTerms terms) => _terms.Push(terms);

    /// <summary>Gives back the terms kept last.</summary>
    internal ChannelTerms PopTerms() => _terms.Pop();

    /// <summary>The membrane of a layer of neurons in this pass, at rest before its first step.</summary>
    public Membrane MembraneOf(Layer neurons)
    {
        if (!_membranes.TryGetValue(neurons, out var membrane))
        {
            _membranes.Add(neurons, membrane = new Membrane());
        }

        return membrane;
    }

    /// <summary>Adds to the gradient of a parameter; the tape owns the tensor from here on.</summary>
    public void AddWeightGradient(Parameter parameter, Tensor gradient)
    {
        if (_gradients.TryGetValue(parameter, out var sum))
        {
            using (gradient)
            {
                sum.add_(gradient);
            }
        }
        else
        {
            _gradients.Add(parameter, gradient.DetachFromDisposeScope());
        }
    }

    /// <summary>
    /// Has the weight gradients found so far used, and frees them. A layer takes its weights' gradients at once or, window by window,
    /// after the last one: what it has added when its backward returns is all of it, and nobody reads its weights again in this pass.
    /// </summary>
    public void UseWeightGradients()
    {
        if (use is null)
        {
            return;
        }

        foreach (var (parameter, gradient) in _gradients)
        {
            using (gradient)
            {
                use(parameter, gradient);
            }
        }

        _gradients.Clear();
    }

    /// <summary>
    /// Where an operation sees a pass in several windows, gathers its inputs and output gradients (both borrowed) until
    /// all T steps are there; then returns both, [T, N, …], else null.
    /// </summary>
    public (Tensor Inputs_TN, Tensor OutputGradients_TN)? Gather(Operation operation, Tensor input_WN, Tensor outputGradient_WN)
    {
        if (!_gathered.TryGetValue(operation, out var gathered))
        {
            _gathered.Add(operation, gathered = new GatheredWindows());
        }

        if (gathered.Add(input_WN, outputGradient_WN) < Request.TimeSteps)
        {
            return null;
        }

        _gathered.Remove(operation);
        using (gathered)
        {
            return gathered.Join();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_saved.TryPop(out var tensor))
        {
            tensor.Dispose();
        }

        foreach (var membrane in _membranes.Values)
        {
            membrane.Dispose();
        }

        foreach (var gathered in _gathered.Values)
        {
            gathered.Dispose();
        }

        foreach (var gradient in _gradients.Values)
        {
            gradient.Dispose();
        }

        _membranes.Clear();
        _gathered.Clear();
        _gradients.Clear();
    }

    /// <summary>An operation's inputs and output gradients so far; windows arrive last time step first.</summary>
    private sealed class GatheredWindows : IDisposable
    {
        private readonly Stack<(Tensor Input, Tensor OutputGradient)> _windows = new();
        private long _steps;

        // Channels last in memory, as whole passes are: bits of sums may depend on that order.
        private static Tensor Join(IEnumerable<Tensor> windows)
        {
            var joined_TN = cat([.. windows], 0);
            if (joined_TN.dim() != 5)
            {
                return joined_TN;
            }

            using (joined_TN)
            {
                return TensorMemory.ChannelsLast(joined_TN);
            }
        }

        public long Add(Tensor input_WN, Tensor outputGradient_WN)
        {
            _windows.Push((input_WN.alias().DetachFromDisposeScope(), outputGradient_WN.alias().DetachFromDisposeScope()));
            return _steps += input_WN.shape[0];
        }

        // A stack lists what was pushed last first: ascending time.
        public (Tensor Input, Tensor OutputGradient) Join() => (Join(_windows.Select(window => window.Input)), Join(_windows.Select(window => window.OutputGradient)));

        public void Dispose()
        {
            foreach (var (input, outputGradient) in _windows)
            {
                input.Dispose();
                outputGradient.Dispose();
            }
        }
    }
}
