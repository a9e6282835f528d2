using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Snn.Execution;

namespace SpikeTrail.Actors.Placement;

/// <summary>Where a network is cut, and which device each layer group goes on.</summary>
/// <param name="Cut">The first layer of each layer group after the first.</param>
/// <param name="Devices">Each layer group's device.</param>
public sealed record PlacementPlan(IReadOnlyList<int> Cut, IReadOnlyList<DeviceId> Devices)
{
    private const int MostOrders = 5040;

    /// <summary>
    /// Places a network: the device that takes longest for its layers takes as little time as can be, each device's share fits
    /// its memory, and within a device the longest layer group is as short as can be. Every device that there is a layer group for gets a share.
    /// </summary>
    /// <param name="blocks">The network's layers, measured.</param>
    /// <param name="groups">S.</param>
    /// <param name="devices">The devices; up to seven are tried in every order.</param>
    /// <exception cref="InputException">The network does not fit.</exception>
    public static PlacementPlan Choose(IReadOnlyList<BlockProfile> blocks, int groups, IReadOnlyList<DeviceOffer> devices)
    {
        if (groups < 1 || groups > blocks.Count)
        {
            throw new InputException($"pipeline.layer-groups: expected 1 to {blocks.Count}, as many as the network has layers, got {groups}");
        }

        var used = devices.Take(groups).ToList();
        var best = Orders(used).Take(MostOrders)
            .Select(order => (Order: order, Shares: Share(blocks, order, groups)))
            .Where(tried => tried.Shares is not null)
            .OrderBy(tried => Slowest(blocks, tried.Order, tried.Shares!))
            .FirstOrDefault();
        return best.Shares is { } shares
            ? CutShares(blocks, groups, best.Order, shares)
            : throw new InputException(
                $"the network does not fit: its layers take {blocks.Sum(block => block.Bytes) >> 20} MiB in a training step, and {string.Join(", ", used.Select(device => $"{device.Device} offers {device.MemoryBytes >> 20} MiB"))}; "
                + "take a smaller batch or more devices (pipeline.spread = devices)");
    }

    /// <summary>The longest that any device takes for its share, in seconds.</summary>
    private static double Slowest(IReadOnlyList<BlockProfile> blocks, IReadOnlyList<DeviceOffer> devices, IReadOnlyList<Range> shares) =>
        shares.Select((share, index) => blocks.Take(share).Sum(block => block.Seconds) / devices[index].Speed).Max();

    /// <summary>Contiguous shares of the layers for devices in this order, at most as many as there are layer groups; null where they do not fit.</summary>
    private static List<Range>? Share(IReadOnlyList<BlockProfile> blocks, IReadOnlyList<DeviceOffer> devices, int groups)
    {
        // worst[d, n]: the least possible maximum when the first n layers lie on the first d devices; from[d, n]: where the last share begins.
        var worst = new double[devices.Count + 1, blocks.Count + 1];
        var from = new int[devices.Count + 1, blocks.Count + 1];
        for (var d = 0; d <= devices.Count; d++)
        {
            for (var n = 0; n <= blocks.Count; n++)
            {
                worst[d, n] = (d, n) == (0, 0) ? 0 : double.PositiveInfinity;
                var (seconds, bytes) = (0.0, 0L);
                for (var start = n - 1; d > 0 && start >= d - 1; start--)
                {
                    seconds += blocks[start].Seconds / devices[d - 1].Speed;
                    bytes += blocks[start].Bytes;
                    var candidate = bytes > devices[d - 1].MemoryBytes ? double.PositiveInfinity : Math.Max(worst[d - 1, start], seconds);
                    if (candidate < worst[d, n])
                    {
                        (worst[d, n], from[d, n]) = (candidate, start);
                    }
                }
            }
        }

        if (double.IsPositiveInfinity(worst[devices.Count, blocks.Count]))
        {
            return null;
        }

        var shares = new List<Range>();
        for (var (d, end) = (devices.Count, blocks.Count); d > 0; d--)
        {
            shares.Insert(0, from[d, end]..end);
            end = from[d, end];
        }

        return shares;
    }

    /// <summary>Cuts the shares into layer groups: the longest group is halved until there are enough.</summary>
    private static PlacementPlan CutShares(IReadOnlyList<BlockProfile> blocks, int groups, IReadOnlyList<DeviceOffer> devices, List<Range> shares)
    {
        var placed = shares.Select((share, index) => (Layers: share, devices[index].Device)).ToList();
        while (placed.Count < groups)
        {
            var longest = placed.Where(group => Length(group.Layers) > 1).MaxBy(group => Seconds(group.Layers));
            var (start, end) = (longest.Layers.Start.Value, longest.Layers.End.Value);
            var middle = Enumerable.Range(start + 1, end - start - 1).MinBy(cut => Math.Max(Seconds(start..cut), Seconds(cut..end)));
            var at = placed.IndexOf(longest);
            placed[at] = (start..middle, longest.Device);
            placed.Insert(at + 1, (middle..end, longest.Device));
        }

        return new PlacementPlan([.. placed.Skip(1).Select(group => group.Layers.Start.Value)], [.. placed.Select(group => group.Device)]);

        double Seconds(Range layers) => blocks.Take(layers).Sum(block => block.Seconds);
    }

    private static int Length(Range layers) => layers.End.Value - layers.Start.Value;

    private static IEnumerable<IReadOnlyList<DeviceOffer>> Orders(IReadOnlyList<DeviceOffer> devices) => devices.Count <= 1
        ? [devices]
        : devices.SelectMany((first, index) => Orders([.. devices.Where((_, other) => other != index)]).Select(rest => (IReadOnlyList<DeviceOffer>)[first, .. rest]));
}
