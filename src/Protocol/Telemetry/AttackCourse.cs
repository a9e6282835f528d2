namespace SpikeTrail.Protocol.Telemetry;

/// <summary>What became of each image in one shard or several, and the loss on the way there: kept where a campaign asks for checks.</summary>
/// <param name="Withstood">Which images were classified correctly all through, as <see cref="ImageBits"/>.</param>
/// <param name="Losses">
/// Sums over images of the loss before each step of the attack's first start, as its gradients were taken, and, last, of the loss
/// as the attacked images were predicted. None for the clean images.
/// </param>
public sealed record AttackCourse(string Withstood, IReadOnlyList<double> Losses)
{
    /// <summary>The images of one, then those of the other, and the sums of their losses; null is neutral.</summary>
    /// <param name="left">One.</param>
    /// <param name="leftImages">How many images it is of.</param>
    /// <param name="right">The other.</param>
    /// <param name="rightImages">How many images it is of.</param>
    public static AttackCourse? Add(AttackCourse? left, int leftImages, AttackCourse? right, int rightImages) =>
        left is null ? right
        : right is null ? left
        : new AttackCourse(
            ImageBits.Pack([.. ImageBits.Unpack(left.Withstood, leftImages), .. ImageBits.Unpack(right.Withstood, rightImages)]),
            [.. left.Losses.Zip(right.Losses, (a, b) => a + b)]);
}
