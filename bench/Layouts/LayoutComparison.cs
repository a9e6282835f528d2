using Akka.Actor;
using SpikeTrail.Actors.Nodes;
using static TorchSharp.torch;

namespace SpikeTrail.Bench.Layouts;

/// <summary>
/// What actors, windows and process borders cost: the same work in every layout by turns, round after round, so that whatever else the
/// machine does falls on all alike. Prints ratios of times, each layout's to its baseline's of the same round, and what goes over links.
/// </summary>
internal static class LayoutComparison
{
    private static readonly string[] Purposes = ["training step", "adversarial step", "prediction"];

    public static async Task RunAsync(string[] options)
    {
        var (rounds, width) = ((int)BenchOptions.Number(options, "--rounds", 5), BenchOptions.Number(options, "--width", 1));
        var node = OtherProcess.Node(Work.Folder, NodeRole.Worker);
        using (var other = new OtherProcess(node.System, Work.Folder))
        {
            await CompareAsync(node.System, other, rounds, width);
            await LinksAsync(node.System, other);
        }

        await node.System.Terminate();
        Directory.Delete(Work.Folder, recursive: true);
    }

    private static async Task CompareAsync(ActorSystem system, OtherProcess other, int rounds, double width)
    {
        const int whole = Work.TimeSteps;
        var layouts = new List<(ILayout Layout, int? Baseline)>();
        foreach (var window in new[] { 1, whole })
        {
            var plain = layouts.Count;
            layouts.Add((new PlainLayout(Work.Context(width, groups: 1, window)), null));
            layouts.Add((await ActorLayout.OpenAsync($"actors, 1 group, window {window}", system, Work.Context(width, 1, window), null), plain));
            layouts.Add((await ActorLayout.OpenAsync($"actors, 2 groups in one process, window {window}", system, Work.Context(width, 2, window), null), plain));
            layouts.Add((await ActorLayout.OpenAsync($"actors, 2 groups in two processes, window {window}", system, Work.Context(width, 2, window), other), plain + 2));
        }

        var times = layouts.Select(_ => new List<PassTimes>()).ToList();
        for (var round = 0; round <= rounds; round++)
        {
            for (var index = 0; index < layouts.Count; index++)
            {
                var took = await layouts[index].Layout.WorkAsync(round + 1);
                if (round > 0)
                {
                    times[index].Add(took);
                }
            }
        }

        Console.WriteLine($"SEW-ResNet18, width {BenchOptions.Text(width)}, T = {Work.TimeSteps}, {Work.Images} images of 3x32x32, one thread a group; {rounds} rounds, median (least to most)\n");
        Console.WriteLine($"| layout | baseline | {string.Join(" | ", Purposes)} |\n|---|---|{string.Concat(Purposes.Select(_ => "---:|"))}");
        foreach (var ((layout, baseline), took) in layouts.Zip(times))
        {
            var cells = Purposes.Select((_, purpose) => baseline is { } of
                ? BenchOptions.Ratio([.. took.Zip(times[of], (mine, its) => mine.All[purpose] / its.All[purpose])])
                : $"{BenchOptions.Text(BenchOptions.Median([.. took.Select(time => time.All[purpose].TotalMilliseconds)]), "0")} ms");
            Console.WriteLine($"| {layout.Name} | {(baseline is { } at ? layouts[at].Layout.Name : "–")} | {string.Join(" | ", cells)} |");
        }

        Console.WriteLine("\n| layout | group | frames taken a second | MiB sent a second | MiB sent |\n|---|---:|---:|---:|---:|");
        foreach (var layout in layouts.Select(entry => entry.Layout).OfType<ActorLayout>())
        {
            await ShowFlowAsync(layout, rounds + 2);
        }

        layouts.ForEach(entry => entry.Layout.Dispose());
    }

    /// <summary>What goes through each group in a round, from its statuses before and after.</summary>
    private static async Task ShowFlowAsync(ActorLayout layout, int round)
    {
        var settle = TimeSpan.FromSeconds(5);
        await Task.Delay(settle);
        var before = await layout.StatusAsync();
        var started = TimeProvider.System.GetTimestamp();
        await layout.WorkAsync(round);
        var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
        await Task.Delay(settle);
        foreach (var (old, now) in before.Zip(await layout.StatusAsync()))
        {
            var mebibytes = (now.BytesSent - old.BytesSent) / (double)(1 << 20);
            Console.WriteLine($"| {layout.Name} | {now.Group} | {BenchOptions.Text((now.Frames - old.Frames) / seconds)} | {BenchOptions.Text(mebibytes / seconds)} | {BenchOptions.Text(mebibytes)} |");
        }
    }

    /// <summary>How fast a link between two processes is by itself.</summary>
    private static async Task LinksAsync(ActorSystem system, OtherProcess other)
    {
        var source = system.ActorOf(LinkEnd.Source(other.Sink));
        using var spikes = zeros([1, Work.Images, 64, 8, 8]);
        spikes[TensorIndex.Colon, TensorIndex.Colon, 7] = 1;
        using var gradients = rand([1, Work.Images, 64, 8, 8]);
        using var large = rand([64, Work.Images, 64, 16, 16]);
        Console.WriteLine("\n| frames over a link between two processes | frames a second | MiB a second |\n|---|---:|---:|");
        await ShowAsync("spikes, [1, 16, 64, 8, 8]", new LinkEnd.SendFrames(4_000, spikes, Spikes: true));
        await ShowAsync("gradients, [1, 16, 64, 8, 8]", new LinkEnd.SendFrames(2_000, gradients, Spikes: false));
        await ShowAsync("gradients of 64 MiB", new LinkEnd.SendFrames(8, large, Spikes: false));

        async Task ShowAsync(string what, LinkEnd.SendFrames send)
        {
            await source.Ask<LinkEnd.FramesSent>(send with { Frames = 4 });
            var sent = await source.Ask<LinkEnd.FramesSent>(send);
            Console.WriteLine($"| {what} | {BenchOptions.Text(send.Frames / sent.Took.TotalSeconds)} | {BenchOptions.Text(sent.Bytes / sent.Took.TotalSeconds / (1 << 20))} |");
        }
    }
}
