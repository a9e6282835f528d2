using System.Globalization;
using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Palettes;

/// <summary>The palette <c>pipeline</c>.</summary>
internal static class PipelinePalette
{
    private static readonly ArgumentDefinition Shown = new("pipeline", ["-p", "--pipeline"], "The pipeline; all of them by default.", IsDefault: true);

    private static readonly ArgumentDefinition Moved = new("pipeline", ["-p", "--pipeline"], "The pipeline: `pipeline show` lists them.", Mandatory: true, IsDefault: true);

    private static readonly ArgumentDefinition Group = new("group", ["-g", "--group"], "Which layer group, counted from 0; all of them by default.");

    private static readonly ArgumentDefinition Device = new(
        "device", ["-d", "--device"], "Where to, such as 127.0.0.1:4053/cpu: `device show` lists them.", Mandatory: true);

    public static Palette Palette { get; } = new("pipeline", "Show live networks and where their layers are, and move them.",
    [
        new(
            new("show", "Show each pipeline's layer groups: layers, device, memory, frames taken a second, bytes sent to other processes a second, zeros in its latest spikes and gradients.", [Shown]),
            (arguments, _) => CommandAction.Ask.For<PipelineList>(new ListPipelines(), list => Text(list, arguments.TextOrNull(Shown)))),
        new(new("move", "Have a pipeline, or one of its layer groups, go on elsewhere, from its last checkpoint.", [Moved, Device, Group]), Move),
    ]);

    private static CommandAction.Ask Move(CommandArguments arguments, PaletteContext context)
    {
        var device = arguments.Text(Device);
        return CommandAction.Ask.ToBeDone(new MovePipeline(
            arguments.Text(Moved),
            arguments.IndexOrNull(Group),
            DeviceId.Parse(device) ?? throw arguments.Wrong(Device, "a device as `device show` has it, such as 127.0.0.1:4053/cpu", device)));
    }

    private static string Text(PipelineList list, string? only)
    {
        var shown = list.Pipelines.Where(pipeline => only is null || pipeline.Pipeline == only).ToList();
        if (only is not null && shown.Count == 0)
        {
            throw new RefusedException($"{only}: there is no such pipeline{Suggestion.Ask(only, list.Pipelines.Select(pipeline => pipeline.Pipeline))}; `pipeline show` lists them");
        }

        return shown.Count == 0 ? "no pipelines" : string.Join("\n\n", shown.Select(Text));
    }

    private static string Text(PipelineStatus pipeline)
    {
        var title = $"{pipeline.Pipeline}: {pipeline.Run} of {pipeline.Campaign}, {pipeline.Work ?? "waiting"}";
        if (pipeline.Groups.Count == 0)
        {
            return $"{title}\nits layer groups have not told of themselves yet";
        }

        var table = new TextTable(">group", "device", ">memory", ">frames", ">frames/s", ">sent/s", ">spike zeros %", ">gradient zeros %", "layers");
        foreach (var group in pipeline.Groups)
        {
            table.Add(
                Numbers.Plain(group.Group),
                group.Device.ToString(),
                Bytes.Text(group.WeightBytes),
                Numbers.Count(group.Frames),
                group.FramesPerSecond.ToString("0.0", CultureInfo.InvariantCulture),
                Bytes.Text((long)group.BytesPerSecond),
                Numbers.Percent(group.SpikeZeros),
                Numbers.Percent(group.GradientZeros),
                group.Layers);
        }

        return $"{title}\n{table.ToPlain().TrimEnd('\n')}";
    }
}
