using SpikeTrail.Host.Reports;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Host.Progress;

/// <summary>
/// Tells a campaign's facts to a person: an epoch, a cell and a failure are a line each, what a journal already held at
/// the start is one line altogether.
/// </summary>
internal sealed class FactNarrator
{
    private readonly Dictionary<RunId, int> _recoveredSteps = [];
    private int _recoveredEpochs;
    private int _recoveredShards;

    /// <summary>Whether anything happened that was not in the journal at the start.</summary>
    public bool AnythingNew { get; private set; }

    /// <summary>The lines that a fact is worth, mostly none or one.</summary>
    public IReadOnlyList<string> Tell(ICampaignFact fact, bool recovered) => recovered ? Recover(fact) : TellNew(fact);

    /// <summary>What was recovered, once; to be asked before anything else is shown.</summary>
    public IReadOnlyList<string> TellRecovered()
    {
        var (epochs, steps, shards) = (_recoveredEpochs, _recoveredSteps.Values.Sum(), _recoveredShards);
        (_recoveredEpochs, _recoveredShards) = (0, 0);
        _recoveredSteps.Clear();
        return epochs + steps + shards == 0
            ? []
            : [$"resuming: {Numbers.Count(epochs, "epoch", "epochs")}{(steps == 0 ? "" : $", {Numbers.Count(steps, "step", "steps")} of the next")} and {Numbers.Count(shards, "shard", "shards")} already done"];
    }

    private string[] Recover(ICampaignFact fact)
    {
        switch (fact)
        {
            case EpochCheckpointed step:
                _recoveredSteps[step.Run] = step.Progress.Steps;
                break;
            case EpochTrained epoch:
                _recoveredSteps.Remove(epoch.Run);
                _recoveredEpochs++;
                break;
            case ShardMeasured:
                _recoveredShards++;
                break;
            case LinkMeasured link:
                _recoveredShards += link.Shards.Count;
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
        CellCompleted cell =>
        [
            $"{cell.Cell}: accuracy {Numbers.PercentSign((double)cell.Correct / cell.Total)} of {Numbers.Count(cell.Total, "image", "images")}"
            + (double.IsNaN(cell.InputZeroFraction) ? "" : $", input zeros {Numbers.PercentSign(cell.InputZeroFraction)}"),
        ],
        CheckpointRefused refused => [$"checkpoint refused: {refused.Reason.ReplaceLineEndings(" ")}; going on from the one before, or making it again"],
        WorkFailed failed =>
        [
            $"failed: {failed.Run} {failed.Work}, attempt {Numbers.Plain(failed.Attempt)}: {failed.Reason.ReplaceLineEndings(" ")}; "
            + (failed.GaveUp ? "given up, the campaign goes on without it" : "trying again"),
        ],
        _ => [],
    };
}
