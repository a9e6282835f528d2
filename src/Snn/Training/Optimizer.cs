using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Networks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Training;

/// <summary>
/// Updates the weights of one layer group. Its state is a handful of named tensors beside each weight, so that a
/// checkpoint holds it exactly and a network may be cut differently when it is read back. Weight decay is L2: it is
/// added to the gradient.
/// </summary>
public abstract class Optimizer : IDisposable
{
    private const string KeyPrefix = "optimizer.";

    private readonly Dictionary<string, Tensor> _state = [];

    /// <summary>The names of the tensors kept beside each weight.</summary>
    protected abstract IReadOnlyList<string> Slots { get; }

    /// <summary>The optimiser a specification asks for.</summary>
    public static Optimizer Create(OptimizerSpec spec) => spec.Kind switch
    {
        OptimizerKind.Adam => new Adam(spec),
        OptimizerKind.Sgd => new Sgd(spec),
        _ => throw new ArgumentOutOfRangeException(nameof(spec), spec.Kind, "no such optimizer"),
    };

    /// <summary>One step on one parameter. A step on one does not depend on any other's.</summary>
    public abstract void Step(Parameter parameter, Tensor gradient, double learningRate);

    /// <summary>
    /// Makes the state of the given parameters where there is none yet. What lasts is then not made in the midst of a pass, among tensors that do
    /// not: malloc could join no memory across it when they are freed.
    /// </summary>
    public void Prepare(IEnumerable<Parameter> parameters)
    {
        foreach (var parameter in parameters.Where(parameter => parameter.Role == ParameterRole.Trained))
        {
            foreach (var slot in Slots)
            {
                Slot(slot, parameter);
            }
        }
    }

    /// <summary>The state kept for the given parameters, under keys such as <c>optimizer.exp_avg.conv1.weight</c>; a first step's if there was none.</summary>
    public IEnumerable<KeyValuePair<string, Tensor>> State(IEnumerable<Parameter> parameters) =>
        from parameter in parameters
        where parameter.Role == ParameterRole.Trained
        from slot in Slots
        select KeyValuePair.Create(Key(slot, parameter), Slot(slot, parameter));

    /// <summary>Bytes of the state kept for the given parameters once there has been a step.</summary>
    public long StateBytes(IEnumerable<Parameter> parameters) =>
        parameters.Where(parameter => parameter.Role == ParameterRole.Trained).Sum(StateBytes);

    /// <summary>Whether a key is one of an optimiser's, and none of the network's.</summary>
    public static bool Owns(string key) => key.StartsWith(KeyPrefix, StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A tensor kept beside a weight; zero at first.</summary>
    protected Tensor Slot(string slot, Parameter parameter)
    {
        var key = Key(slot, parameter);
        if (!_state.TryGetValue(key, out var tensor))
        {
            _state.Add(key, tensor = First(slot, parameter).DetachFromDisposeScope());
        }

        return tensor;
    }

    /// <summary>What a slot holds before the first step.</summary>
    protected virtual Tensor First(string slot, Parameter parameter) => zeros_like(parameter.Value);

    /// <summary>Bytes that the slots of a parameter take.</summary>
    protected virtual long StateBytes(Parameter parameter) => Slots.Count * parameter.Bytes;

    /// <summary>Frees the state.</summary>
    protected virtual void Dispose(bool disposing)
    {
        foreach (var tensor in _state.Values)
        {
            tensor.Dispose();
        }

        _state.Clear();
    }

    private static string Key(string slot, Parameter parameter) => $"{KeyPrefix}{slot}.{parameter.Key}";
}
