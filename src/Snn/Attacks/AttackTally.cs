using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Probes;

namespace SpikeTrail.Snn.Attacks;

/// <summary>What attacked images have come to so far: all batches, and each image's worst case in the current one.</summary>
internal class WorstCaseTally(CourseTally? course)
{
    public PassTotals Totals { get; } = new();

    public GradientTally Gradients { get; } = new();

    public CourseTally? Course { get; } = course;

    public Vulnerability? Vulnerability { get; private protected set; }

    public bool[] Correct { get; private set; } = [];

    public double[] Losses { get; private set; } = [];

    public Measurement Measurement => Gradients.Measurement(Totals, Vulnerability) with { Course = Course?.Course };

    public void BeginBatch(int images)
    {
        Correct = [.. Enumerable.Repeat(true, images)];
        Losses = [.. Enumerable.Repeat(double.NegativeInfinity, images)];
    }

    /// <summary>How the current batch's images fared in one prediction: whether each was classified correctly, and its loss.</summary>
    public void Withstood(IReadOnlyList<bool> correct, IReadOnlyList<double> losses)
    {
        for (var image = 0; image < Correct.Length; image++)
        {
            Correct[image] &= correct[image];
            Losses[image] = Math.Max(Losses[image], losses[image]);
        }
    }

    public void EndBatch()
    {
        Totals.Add(Correct, Losses);
        Course?.AddOutcome(Correct);
    }
}

/// <summary>What one attack has come to so far.</summary>
internal sealed class AttackTally(Attack attack, CourseTally? course) : WorstCaseTally(course)
{
    public Attack Attack { get; } = attack;

    /// <summary>Where the attacked images are kept; null where nobody wants them.</summary>
    public AttackedSlice? Images { get; init; }

    public void Add(VulnerabilityProbe probe) => Vulnerability = Vulnerability.Add(Vulnerability, probe.Measure(Losses));
}
