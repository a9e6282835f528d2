using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Passes;

/// <summary>One pass of one batch through one live network; ascending within a pipeline.</summary>
/// <param name="Value">The number.</param>
public readonly record struct PassId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => $"pass {Value}";
}

/// <summary>Why a pass is run.</summary>
public enum PassPurpose
{
    /// <summary>A training step: forward on batch statistics, backward, weight update.</summary>
    Training,

    /// <summary>A prediction: forward only.</summary>
    Evaluation,

    /// <summary>One step of an attack: forward, and backward to the input.</summary>
    AdversarialStep,
}

/// <summary>What a pass wants of every layer group.</summary>
/// <param name="Id">The pass.</param>
/// <param name="Purpose">Why it is run.</param>
/// <param name="TimeSteps">T.</param>
/// <param name="BatchNorm">Which statistics batch norm normalises with.</param>
/// <param name="TrackStatistics">Whether the batch moves batch norm's running statistics.</param>
/// <param name="WeightGradients">Whether backward takes weight gradients; a training step ends in a weight update.</param>
/// <param name="InputGradient">Whether backward goes on to the network's input.</param>
/// <param name="Probes">Whether backward counts zeros and norms at every operation.</param>
/// <param name="LearningRate">The rate of the weight update; 0 where there is none.</param>
/// <param name="Batches">
/// How many batches of one size share the pass, one after another along N. Each comes to the bits it would come to by itself,
/// so batch norm is on running statistics, and nothing is counted or added up over images: neither probes nor weight gradients.
/// </param>
/// <param name="Spikes">Whether every layer of neurons tells what it fired (<see cref="LayerSpikes"/>).</param>
public sealed record PassRequest(
    PassId Id,
    PassPurpose Purpose,
    int TimeSteps,
    BatchStatistics BatchNorm,
    bool TrackStatistics,
    bool WeightGradients,
    bool InputGradient,
    bool Probes,
    double LearningRate,
    int Batches = 1,
    bool Spikes = false) : IWireMessage
{
    /// <summary>Whether there is a backward half at all.</summary>
    public bool Backward => WeightGradients || InputGradient;

    /// <summary>A training step.</summary>
    public static PassRequest Training(PassId id, int timeSteps, double learningRate) => new(
        id, PassPurpose.Training, timeSteps, BatchStatistics.Batch, TrackStatistics: true, WeightGradients: true, InputGradient: false, Probes: false, learningRate);

    /// <summary>A prediction on running statistics.</summary>
    public static PassRequest Evaluation(PassId id, int timeSteps) => new(
        id, PassPurpose.Evaluation, timeSteps, BatchStatistics.Running, TrackStatistics: false, WeightGradients: false, InputGradient: false, Probes: false, 0);

    /// <summary>One adversarial step on running statistics: the gradient of the loss with respect to the input.</summary>
    public static PassRequest AdversarialStep(PassId id, int timeSteps, bool probes) => new(
        id, PassPurpose.AdversarialStep, timeSteps, BatchStatistics.Running, TrackStatistics: false, WeightGradients: false, InputGradient: true, probes, 0);
}
