namespace SpikeTrail.Protocol.Telemetry;

/// <summary>What became of each image in one shard or several, and the loss on the way there: kept where a campaign asks for checks.</summary>
/// <param name="Withstood">Which images were classified correctly all through, as <see cref="ImageBits"/>.</param>
/// <param name="Losses">
/// Sums over images of the loss before each step of the attack's first start, as its gradients were taken, and, last, of the loss
/// as the attacked images were predicted. None for the clean images.
/// </param>
public sealed record AttackCourse(string Withstood, IReadOnlyList<double> Losses)
{
    /// <summary>The images of all parts in their order, and the sums of their losses; null without any part.</summary>
    /// <param name="parts">The parts, and of how many images each is.</param>
    public static AttackCourse? Join(IReadOnlyList<(AttackCourse Course, int Images)> parts) => parts.Count == 0
        ? null
        : new AttackCourse(
            ImageBits.Pack([.. parts.SelectMany(part => ImageBits.Unpack(part.Course.Withstood, part.Images))]),
            parts.Select(part => part.Course.Losses).Aggregate((left, right) => [.. left.Zip(right, (a, b) => a + b)]));
}
