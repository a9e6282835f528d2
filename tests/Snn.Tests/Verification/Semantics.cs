namespace SpikeTrail.Snn.Tests.Verification;

/// <summary>
/// Every meaning that a case depends on, as REFERENCE.md has it. A test changes one and computes a case by the wrong meaning:
/// verification has to see it.
/// </summary>
internal sealed record Semantics
{
    public bool OtherPool { get; init; }

    public bool PoolCountsPadding { get; init; } = true;

    public double Threshold { get; init; } = 1;

    public bool SoftReset { get; init; }

    public bool OtherDetach { get; init; }

    /// <summary>What a membrane keeps of its potential from step to step, and takes of its input.</summary>
    public (double Leak, double Gain) Decay { get; init; } = (1, 1);

    public double SurrogateAlpha { get; init; } = 2;

    public bool SpikingShortcutHasNeurons { get; init; }

    public bool NormByStep { get; init; }

    public double NormMomentum { get; init; } = 0.1;

    public bool LossIsSum { get; init; }

    public bool LeastBitFirst { get; init; }

    public bool AttackOnRunningStatistics { get; init; }

    public bool PredictionOnBatchStatistics { get; init; }

    public bool CarriesStatistics { get; init; } = true;

    public bool PgdAfterFgsm { get; init; }

    public bool Clamps { get; init; } = true;

    public bool Projects { get; init; } = true;

    public bool StartsAtNoise { get; init; } = true;

    public bool CoupledDecay { get; init; } = true;

    public (double First, double Second) AdamDecays { get; init; } = (0.9, 0.999);

    public bool AdamCorrectsBias { get; init; } = true;
}
