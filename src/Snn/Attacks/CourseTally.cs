using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Snn.Attacks;

/// <summary>What became of each image so far, and the loss on the way there, batch by batch.</summary>
internal sealed class CourseTally
{
    private readonly List<bool> _withstood = [];
    private readonly List<double> _losses = [];

    public AttackCourse Course => new(ImageBits.Pack(_withstood), [.. _losses]);

    /// <summary>A batch's losses after so many steps of the attack's first start.</summary>
    public void AddLosses(int step, IReadOnlyList<double> losses)
    {
        if (step == _losses.Count)
        {
            _losses.Add(0);
        }

        _losses[step] += losses.Sum();
    }

    /// <summary>How a batch's images fared in the end.</summary>
    public void AddOutcome(IReadOnlyList<bool> withstood) => _withstood.AddRange(withstood);
}
