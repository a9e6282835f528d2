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

/// <summary>A tensor of the state dict. Owned by one layer group alone; its tensor object stays the same, its contents change.</summary>
/// <param name="key">The key, such as <c>layer1.0.conv1.weight</c>.</param>
/// <param name="value">The tensor.</param>
/// <param name="role">What it is for.</param>
public sealed class Parameter(string key, Tensor value, ParameterRole role) : IDisposable
{
    /// <summary>The key in the state dict.</summary>
    public string Key { get; } = key;

    /// <summary>The tensor.</summary>
    public Tensor Value { get; private set; } = value.DetachFromDisposeScope();

    /// <summary>What it is for.</summary>
    public ParameterRole Role { get; } = role;

    /// <summary>Moves the tensor to a device.</summary>
    public void MoveTo(Device device)
    {
        var moved = Value.to(device);
        if (!ReferenceEquals(moved, Value))
        {
            Value.Dispose();
            Value = moved.DetachFromDisposeScope();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Value.Dispose();

    /// <inheritdoc/>
    public override string ToString() => $"{Key} [{string.Join(", ", Value.shape)}]";
}
