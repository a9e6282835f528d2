using static TorchSharp.torch;

namespace SpikeTrail.Snn.Neurons;

/// <summary>A layer of neurons' state in one pass: its potential going forward, the loss's gradient with respect to it coming back.</summary>
public sealed class Membrane : IDisposable
{
    private Tensor? _potential;
    private Tensor? _gradient;

    /// <summary>v after the last step computed, [N, …]; null before the first. Setting it frees the one before.</summary>
    public Tensor? Potential
    {
        get => _potential;
        set => Replace(ref _potential, value);
    }

    /// <summary>dL/dv of the step before the last one computed backward, [N, …]; null before the first. Setting it frees the one before.</summary>
    public Tensor? Gradient
    {
        get => _gradient;
        set => Replace(ref _gradient, value);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Potential = null;
        Gradient = null;
    }

    private static void Replace(ref Tensor? field, Tensor? value)
    {
        field?.Dispose();
        field = value?.DetachFromDisposeScope();
    }
}
