using System.Globalization;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Networks;

namespace SpikeTrail.Snn.Checkpoints;

/// <summary>
/// What can be told of a network from the keys and shapes of its weights alone. Family, pool, neurons and encoder cannot:
/// they add no key.
/// </summary>
/// <param name="Depth">Layers.</param>
/// <param name="Width">Multiplies the published channels; a number of few digits that gives the channels found.</param>
/// <param name="InputChannels">Channels of an image.</param>
/// <param name="Classes">K.</param>
public sealed record NetworkOutline(int Depth, double Width, int InputChannels, int Classes)
{
    // A network's shapes do not depend on the image's size.
    private const int AnySide = 32;

    private const int MostChannels = 1 << 16;

    private const int MostDigits = 6;

    /// <summary>The network that weights fit; null where it is none that can be built here.</summary>
    public static NetworkOutline? Of(IReadOnlyList<SafeTensorsEntry> entries)
    {
        if (Shape(entries, "conv1.weight", 4) is not [_, >= 1 and <= MostChannels and var channels, _, _]
            || Shape(entries, "fc.weight", 2) is not [>= 1 and <= MostChannels and var classes, _]
            || WidthOf(entries) is not { } width)
        {
            return null;
        }

        return ResNetBuilder.KnownDepths
            .Select(depth => new NetworkOutline(depth, width, (int)channels, (int)classes))
            .FirstOrDefault(outline => outline.Fits(entries));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"depth = {Depth}, width = {Width}, {InputChannels} input channel(s), {Classes} classes");

    private static IReadOnlyList<long>? Shape(IReadOnlyList<SafeTensorsEntry> entries, string key, int dimensions) =>
        entries.FirstOrDefault(entry => entry.Name == key)?.Shape is { } shape && shape.Count == dimensions ? shape : null;

    /// <summary>The width with the fewest digits that every stage's planes, a rounded multiple of the published ones, agree with.</summary>
    private static double? WidthOf(IReadOnlyList<SafeTensorsEntry> entries)
    {
        var (low, high, ratio) = (0.0, (double)MostChannels, 0.0);
        for (var stage = 1; stage <= 4; stage++)
        {
            if (Shape(entries, $"layer{stage}.0.conv1.weight", 4) is not [>= 1 and <= MostChannels and var planes, ..])
            {
                return null;
            }

            // A single plane stands for any width that is too small for one.
            var published = 32.0 * (1 << stage);
            ratio = planes / published;
            (low, high) = (Math.Max(low, planes == 1 ? 0 : (planes - 0.5) / published), Math.Min(high, (planes + 0.5) / published));
        }

        // Nobody writes 0.062 who means a sixteenth.
        if (ratio >= low && ratio < high && Math.Round(ratio, 4) == ratio)
        {
            return ratio;
        }

        for (var (digits, scale) = (0, 1.0); digits <= MostDigits; digits++, scale *= 10)
        {
            var width = Math.Max(1, Math.Ceiling(low * scale)) / scale;
            if (width < high)
            {
                return width;
            }
        }

        return null;
    }

    private bool Fits(IReadOnlyList<SafeTensorsEntry> entries)
    {
        var spec = new NetworkSpec { Name = "outline", Depth = Depth, Width = Width };
        var network = Network.Create(spec, [InputChannels, AnySide, AnySide], Classes, seed: 0);
        var shapes = entries.ToDictionary(entry => entry.Name, entry => entry.Shape, StringComparer.Ordinal);
        return shapes.Count == network.Parameters.Count
            && network.Parameters.All(parameter => shapes.TryGetValue(parameter.Key, out var shape) && shape.SequenceEqual(parameter.Shape));
    }
}
