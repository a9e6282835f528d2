using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Kernels;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Execution;

/// <summary>
/// A contiguous slice of a network on one device: its weights, its optimiser's state, and the passes under way in it.
/// Frames in, frames out; gradient frames in, gradient frames out; it is the whole of the computation, and one group
/// that holds the whole network is what every split must equal bit for bit. Not thread-safe.
/// </summary>
public sealed class LayerGroup : IDisposable
{
    private readonly Device _device;
    private readonly Optimizer _optimizer;
    private bool _givenUp;

    /// <summary>A layer group. It takes the layers' weights over: nothing else may touch them.</summary>
    /// <param name="index">Its place in the pipeline, from 0.</param>
    /// <param name="layers">Its layers, first to last.</param>
    /// <param name="device">Where it lives.</param>
    /// <param name="optimizer">What updates its weights.</param>
    public LayerGroup(int index, IReadOnlyList<Layer> layers, Device device, Optimizer optimizer)
    {
        (Index, Body, Layers, _device, _optimizer) = (index, new Sequence($"group {index}", layers), layers, device, optimizer);
        Parameters = [.. Body.Parameters];
        if (Parameters.Distinct().Count() < Parameters.Count)
        {
            throw new ArgumentException("expected weights of one layer each: a pass updates them as soon as their layer is done", nameof(layers));
        }

        foreach (var parameter in Parameters)
        {
            parameter.MoveTo(device);
        }
    }

    /// <summary>Its place in the pipeline, from 0.</summary>
    public int Index { get; }

    /// <summary>Its layers, first to last.</summary>
    public IReadOnlyList<Layer> Layers { get; }

    /// <summary>Its part of the state dict.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Its part of the state dict and of the optimiser's state: what a checkpoint of it holds.</summary>
    /// <exception cref="InvalidOperationException">A training pass ended in the midst of its updates.</exception>
    public IEnumerable<KeyValuePair<string, Tensor>> State
    {
        get
        {
            RequireWhole();
            return Parameters.Select(parameter => KeyValuePair.Create(parameter.Key, parameter.Value)).Concat(_optimizer.State(Parameters));
        }
    }

    /// <summary>Bytes of its part of the state dict, and of the optimiser's state once there has been a step.</summary>
    public long StateBytes => Parameters.Sum(parameter => parameter.Bytes) + _optimizer.StateBytes(Parameters);

    /// <summary>Its running statistics alone.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> Statistics =>
        from parameter in Parameters
        where parameter.Role == ParameterRole.Statistic
        select KeyValuePair.Create(parameter.Key, parameter.Value);

    /// <summary>Sets the running statistics aside, for passes that move them: what is returned puts them back when it is disposed.</summary>
    public IDisposable SetStatisticsAside() => new StatisticsAside(this);

    /// <summary>Starts a pass.</summary>
    /// <param name="request">What it wants.</param>
    /// <param name="inspect">Is shown each weight's gradient, where the pass takes them, as soon as it is complete: before it is used and freed.</param>
    /// <exception cref="InvalidOperationException">A training pass ended in the midst of its updates: some weights are a step ahead of others.</exception>
    public LayerGroupPass Begin(PassRequest request, Action<Parameter, Tensor>? inspect = null)
    {
        RequireWhole();
        if (request is { Purpose: PassPurpose.Training, WeightGradients: true })
        {
            _optimizer.Prepare(Parameters);
        }

        return new LayerGroupPass(this, request, inspect);
    }

    /// <summary>Whether a pass must gather all T time steps here before the first can go on.</summary>
    public bool IsBarrier(PassRequest request) => Body.NeedsWholeSequence(request);

    /// <inheritdoc/>
    public void Dispose()
    {
        _optimizer.Dispose();
        foreach (var parameter in Parameters)
        {
            parameter.Dispose();
        }
    }

    /// <inheritdoc/>
    public override string ToString() => $"layer group {Index} ({string.Join(", ", Layers)}) on {_device}";

    private sealed class StatisticsAside(LayerGroup group) : IDisposable
    {
        private readonly List<(Tensor Statistic, Tensor Copy)> _copies = [.. group.Statistics.Select(entry => (entry.Value, entry.Value.clone().DetachFromDisposeScope()))];

        public void Dispose()
        {
            foreach (var (statistic, copy) in _copies)
            {
                statistic.copy_(copy);
                copy.Dispose();
            }

            _copies.Clear();
        }
    }

    internal Sequence Body { get; }

    /// <summary>A frame on the group's device, channels-last in memory wherever it comes from: bits of sums may depend on that order.</summary>
    internal Tensor OnDevice(Tensor values)
    {
        using var there = values.to(_device);
        return there.dim() == 5 ? TensorMemory.ChannelsLast(there) : there.alias();
    }

    internal void Update(Parameter weight, Tensor gradient, double learningRate) => _optimizer.Step(weight, gradient, learningRate);

    /// <summary>Has no further pass begin, nor its weights saved: some are a step ahead of others.</summary>
    internal void GiveUp() => _givenUp = true;

    private void RequireWhole()
    {
        if (_givenUp)
        {
            throw new InvalidOperationException($"{this}: a training pass ended in the midst of its updates; expected a new group, with the weights of a checkpoint");
        }
    }
}
