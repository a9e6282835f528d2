using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Execution;

namespace SpikeTrail.Snn.Attacks;

/// <summary>
/// Measures all that a slice of the test set is wanted for under one protocol that does not contaminate statistics: clean,
/// and under attacks. What several of them ask is asked once, and where an image's results are its own
/// (<see cref="Protocol.Campaigns.ProtocolSpec.KeepsImagesApart"/>) several share a pass. Each comes to the bits that it comes to
/// by itself, in a <see cref="CleanShard"/> or an <see cref="AttackShard"/>.
/// </summary>
public sealed class SliceShard : IPassJob
{
    private readonly TestSetting _setting;
    private readonly Range _slice;
    private readonly SharedNeeds _needs;
    private readonly CleanTally? _clean;
    private readonly List<AttackTally?> _tallies;

    /// <summary>Measures a slice.</summary>
    /// <param name="setting">On what, and by which rules.</param>
    /// <param name="attacks">The attacks with their budgets, null for none: the clean images.</param>
    /// <param name="slice">Which images, in the protocol's order.</param>
    /// <param name="keepsImages">Of which attacks, by their places, the attacked images are kept; null for none.</param>
    public SliceShard(TestSetting setting, IReadOnlyList<Attack?> attacks, Range slice, Func<int, bool>? keepsImages = null)
    {
        (_setting, _slice, _needs) = (setting, slice, new SharedNeeds(setting, attacks));
        _clean = _needs.CleanCell ? new CleanTally(setting.NewCourse()) : null;
        _tallies = [.. attacks.Select((attack, place) => attack is null ? null : NewTally(setting, attack, keepsImages?.Invoke(place) == true))];
        if (setting.Protocol.Contaminates && _needs.Attacks.Count > 0)
        {
            throw new ArgumentException($"attacks under {setting.Protocol.Name} depend on each other", nameof(attacks));
        }
    }

    /// <inheritdoc/>
    public PassTotals Totals { get; } = new();

    /// <inheritdoc/>
    public long Cost => _setting.Count(_slice) * _needs.CostPerImage;

    /// <inheritdoc/>
    public double? InputZeroFraction => (_clean?.Gradients ?? _tallies[0]!.Gradients).InputZeroFraction;

    /// <summary>What each attack, or none, was measured to come to, in their order; complete once all passes have run.</summary>
    public IReadOnlyList<Measurement> Measurements => [.. _tallies.Select(tally => tally?.Measurement ?? _clean!.Measurement)];

    /// <summary>The images that an attack made, as bytes [starts, N, C, H, W], once all passes have run.</summary>
    /// <param name="place">Which attack: one whose images are kept.</param>
    public byte[] Images(int place) => _tallies[place]!.Images!.Bytes;

    /// <inheritdoc/>
    public IEnumerable<BatchPass> Passes() => _setting.Batches(_slice).SelectMany(Batch);

    private static AttackTally NewTally(TestSetting setting, Attack attack, bool keepsImages) => new(attack, setting.NewCourse())
    {
        Images = !keepsImages ? null
            : setting.Protocol.LetsImagesTransfer ? new AttackedSlice(attack.Restarts)
            : throw new ArgumentException($"attacks under {setting.Protocol.Name} make no images", nameof(setting)),
    };

    private IEnumerable<BatchPass> Batch(int[] indices)
    {
        using var batch = new SliceBatch(_setting, _needs, _clean, [.. _tallies.OfType<AttackTally>()], indices, Totals);
        foreach (var pass in batch.Passes())
        {
            yield return pass;
        }
    }
}

/// <summary>What the clean images have come to so far.</summary>
internal sealed class CleanTally(CourseTally? course)
{
    public PassTotals Totals { get; } = new();

    public GradientTally Gradients { get; } = new();

    public Measurement Measurement => Gradients.Measurement(Totals, vulnerability: null) with { Course = course?.Course };

    /// <summary>How a batch's images fared.</summary>
    public void Add(IReadOnlyList<bool> correct, IReadOnlyList<double> losses)
    {
        Totals.Add(correct, losses);
        course?.AddOutcome(correct);
    }
}
