using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Execution;

namespace SpikeTrail.Actors.Pipeline;

/// <summary>A job under way: which pass is next, and how far the work it belongs to is.</summary>
/// <param name="job">The job.</param>
/// <param name="costBefore">Image passes of the same work that earlier jobs did.</param>
/// <param name="workCost">Image passes of the whole work.</param>
/// <param name="whenDone">What comes after the last pass.</param>
internal sealed class JobRun(IPassJob job, long costBefore, long workCost, Action whenDone) : IDisposable
{
    private readonly IEnumerator<BatchPass> _passes = job.Passes().GetEnumerator();
    private long _done = costBefore;

    /// <summary>What comes after the last pass.</summary>
    public Action WhenDone { get; } = whenDone;

    /// <summary>The next pass, or null after the last; the outcome of the one before must be in it by now.</summary>
    public BatchPass? Next()
    {
        if (!_passes.MoveNext())
        {
            return null;
        }

        _done += _passes.Current.Cost;
        return _passes.Current;
    }

    /// <summary>How far the work is, the current pass included.</summary>
    public WorkProgress Progress() => job.Totals.Images == 0
        ? new WorkProgress(_done, workCost, null, null, job.InputZeroFraction)
        : new WorkProgress(_done, workCost, job.Totals.MeanLoss, job.Totals.Accuracy, job.InputZeroFraction);

    /// <inheritdoc/>
    public void Dispose() => _passes.Dispose();
}
