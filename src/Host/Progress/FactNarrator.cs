using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Host.Progress;

/// <summary>
/// Tells a campaign's facts to a person: an epoch, a cell and a failure are a line each, what a journal already held at
/// the start is one line altogether. A cell has no fact of its own: it is done when its run goes on to the next cell.
/// </summary>
internal sealed class FactNarrator
{
    private readonly Dictionary<RunId, OpenCell> _open = [];
    private int _recoveredEpochs;
    private int _recoveredShards;

    /// <summary>Whether anything happened that was not in the journal at the start.</summary>
    public bool AnythingNew { get; private set; }

    /// <summary>The lines that a fact is worth, mostly none or one.</summary>
    public IReadOnlyList<string> Tell(ICampaignFact fact, bool recovered) => recovered ? Recover(fact) : TellNew(fact);

    /// <summary>What was recovered, once; to be asked before anything else is shown.</summary>
    public IReadOnlyList<string> TellRecovered()
    {
        var (epochs, shards) = (_recoveredEpochs, _recoveredShards);
        (_recoveredEpochs, _recoveredShards) = (0, 0);
        return epochs + shards == 0 ? [] : [$"resuming: {Numbers.Count(epochs, "epoch", "epochs")} and {Numbers.Count(shards, "shard", "shards")} already done"];
    }

    private string[] Recover(ICampaignFact fact)
    {
        switch (fact)
        {
            case EpochTrained:
                _recoveredEpochs++;
                break;
            case ShardMeasured shard:
                _recoveredShards++;
                // A cell may be half done: its line, when it comes, counts what was there before.
                Measure(shard, isNew: false);
                break;
        }

        return [];
    }

    private string[] TellNew(ICampaignFact fact)
    {
        AnythingNew = true;
        return [.. TellRecovered(), .. Lines(fact)];
    }

    private string[] Lines(ICampaignFact fact) => fact switch
    {
        EpochTrained epoch =>
        [
            $"{epoch.Run} epoch {Numbers.Plain(epoch.Epoch)}: training loss {Numbers.Loss(epoch.TrainingLoss)}, test loss {Numbers.Loss(epoch.TestLoss)}, "
            + $"accuracy {Numbers.PercentSign(epoch.CleanAccuracy)}",
        ],
        ShardMeasured shard => Measure(shard, isNew: true),
        WorkFailed failed =>
        [
            $"failed: {failed.Run} {failed.Work}, attempt {Numbers.Plain(failed.Attempt)}: {failed.Reason.ReplaceLineEndings(" ")}; "
            + (failed.GaveUp ? "given up, the campaign goes on without this run" : "trying again"),
        ],
        CampaignCompleted => CloseAll(),
        _ => [],
    };

    /// <summary>Adds a shard to its cell; tells of the cell before it, if this shard begins a new one.</summary>
    private string[] Measure(ShardMeasured shard, bool isNew)
    {
        var run = RunOf(shard.Shard.Cell);
        var before = _open.GetValueOrDefault(run);
        var sameCell = before?.Cell == shard.Shard.Cell;
        var cell = sameCell ? before! : new(shard.Shard.Cell, Measurement.Empty, IsNew: false);

        // The operations are many and of no use here.
        _open[run] = cell with { Measured = cell.Measured.Add(shard.Measurement with { Operations = [] }), IsNew = cell.IsNew || isNew };
        return !sameCell && before is { IsNew: true } ? [before.Line()] : [];
    }

    private string[] CloseAll()
    {
        string[] lines = [.. _open.Values.Where(cell => cell.IsNew).Select(cell => cell.Line())];
        _open.Clear();
        return lines;
    }

    // network/data set/seed/protocol/attack/eps: a run's name is the first three.
    private static RunId RunOf(CellId cell) => new(string.Join('/', cell.Value.Split('/').Take(3)));

    /// <param name="IsNew">Whether any of it was measured since the start, and so is worth a line.</param>
    private sealed record OpenCell(CellId Cell, Measurement Measured, bool IsNew)
    {
        public string Line()
        {
            var accuracy = Measured.Total == 0 ? 0 : (double)Measured.Correct / Measured.Total;
            var zeros = Measured.Input.Elements == 0
                ? ""
                : $", input zeros {Numbers.PercentSign((double)Measured.Input.Zeros / Measured.Input.Elements)}";
            return $"{Cell}: accuracy {Numbers.PercentSign(accuracy)} of {Numbers.Count(Measured.Total, "image", "images")}{zeros}";
        }
    }
}
