using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>What a tensor of the state dict is for.</summary>
public enum ParameterRole
{
    /// <summary>A weight or bias, trained by gradients.</summary>
    Trained,

    /// <summary>A running statistic, moved by forward passes in training mode.</summary>
    Statistic,
}

/// <summary>
/// A tensor of the state dict. Owned by one layer group alone, and made when first asked for: a network can be described,
/// counted and cut without drawing its weights.
/// </summary>
/// <param name="key">The key, such as <c>layer1.0.conv1.weight</c>.</param>
/// <param name="shape">The tensor's shape.</param>
/// <param name="type">The tensor's element type.</param>
/// <param name="role">What it is for.</param>
/// <param name="initial">Makes its first value.</param>
public sealed class Parameter(string key, IReadOnlyList<long> shape, ScalarType type, ParameterRole role, Func<Tensor> initial) : IDisposable
{
    private Tensor? _value;

    /// <summary>The key in the state dict.</summary>
    public string Key { get; } = key;

    /// <summary>The tensor's shape.</summary>
    public IReadOnlyList<long> Shape { get; } = shape;

    /// <summary>The tensor's element type.</summary>
    public ScalarType Type { get; } = type;

    /// <summary>What it is for.</summary>
    public ParameterRole Role { get; } = role;

    /// <summary>How many numbers it is.</summary>
    public long Count => Shape.Aggregate(1L, (a, b) => a * b);

    /// <summary>Bytes it takes: a number is of 4 bytes, or of 8 (float64, and batch norm's counters).</summary>
    public long Bytes => Count * (Type == ScalarType.Float32 ? sizeof(float) : sizeof(double));

    /// <summary>The tensor. The object stays the same from its first use on; its contents change.</summary>
    public Tensor Value => _value ??= initial().DetachFromDisposeScope();

    /// <summary>Moves the tensor to a device; before its first use only.</summary>
    public void MoveTo(Device device)
    {
        var value = Value;
        _value = value.to(device).DetachFromDisposeScope();
        if (!ReferenceEquals(value, _value))
        {
            value.Dispose();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _value?.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"{Key} [{string.Join(", ", Shape)}]";
}
