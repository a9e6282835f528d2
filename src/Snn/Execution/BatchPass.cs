using SpikeTrail.Protocol.Passes;
using SpikeTrail.Protocol.Telemetry;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Execution;

/// <summary>
/// One batch on its way through a network: what goes in, what is wanted, and, once it has been run, what came out. Jobs
/// such as a training epoch or an attack are sequences of these; a pipeline of actors and a plain loop run them alike.
/// </summary>
/// <param name="Request">What is wanted; its id is set by whoever runs it.</param>
/// <param name="Inputs_TN">The encoded batch, [T, N, C, H, W]. Owned by the pass.</param>
/// <param name="Labels">The N true classes.</param>
public sealed record BatchPass(PassRequest Request, Tensor Inputs_TN, IReadOnlyList<int> Labels) : IDisposable
{
    private BatchOutcome? _outcome;

    /// <summary>Image passes it counts for: forward 1, forward and backward 3.</summary>
    public int Cost => Labels.Count * (Request.Backward ? 3 : 1);

    /// <summary>What came out; owned by the pass.</summary>
    /// <exception cref="InvalidOperationException">It has not been run.</exception>
    public BatchOutcome Outcome
    {
        get => _outcome ?? throw new InvalidOperationException("the pass has not been run");
        set => _outcome = value;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Inputs_TN.Dispose();
        _outcome?.Dispose();
    }
}

/// <summary>What came out of a pass.</summary>
/// <param name="Prediction">Logits, losses and predicted classes.</param>
/// <param name="InputGradients_TN">dL/dinputs, [T, N, C, H, W], where the pass wanted it.</param>
/// <param name="Probes">What the probes saw.</param>
public sealed record BatchOutcome(Prediction Prediction, Tensor? InputGradients_TN, ProbeReport Probes) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose()
    {
        Prediction.Dispose();
        InputGradients_TN?.Dispose();
    }
}
