using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>One more attempt that came to nothing.</summary>
/// <param name="Number">Which, from 1.</param>
/// <param name="GivesUp">Whether the work is given up.</param>
/// <param name="Delay">How long to wait before the next one.</param>
internal readonly record struct Attempt(int Number, bool GivesUp, TimeSpan Delay);

/// <summary>
/// Counts how often work failed in this sitting: a failure is tried again a bounded number of times, after 1, 2, 4, … s,
/// and so is the loss of a node, which is rarely the work's fault. Of a run in which several pieces of work were given up,
/// the rest is given up too; samples are no such piece, because no cell waits for them.
/// </summary>
internal sealed class Attempts(PipelineSpec layout)
{
    /// <summary>Nodes that one piece of work may take with it before it is held to be the cause.</summary>
    public const int MaxLosses = 10;

    private const int MaxGivenUpOfRun = 3;

    private static readonly TimeSpan FirstDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(1);

    private readonly Dictionary<WorkKey, int> _failures = [];
    private readonly Dictionary<WorkKey, int> _losses = [];
    private readonly HashSet<WorkKey> _waiting = [];
    private readonly HashSet<WorkKey> _givenUp = [];

    /// <summary>Whether some work waits to be tried again.</summary>
    public bool AnyWaiting => _waiting.Count > 0;

    /// <summary>Whether anything was given up.</summary>
    public bool AnyGivenUp => _givenUp.Count > 0;

    /// <summary>Whether anything of a run was given up that it has cells for.</summary>
    public bool AnyGivenUpOf(RunId run) => GivenUpOf(run) > 0;

    /// <summary>Whether work is not to be given out now.</summary>
    public bool IsLeftOut(WorkKey work) =>
        _waiting.Contains(work) || _waiting.Contains(WorkKey.Opening(work.Run))
        || _givenUp.Contains(work) || _givenUp.Contains(WorkKey.Opening(work.Run))
        || GivenUpOf(work.Run) >= MaxGivenUpOfRun;

    /// <summary>The pause after a failure is over.</summary>
    public void EndWait(WorkKey work) => _waiting.Remove(work);

    /// <summary>Work cannot be tried at all.</summary>
    public void GiveUp(WorkKey work) => _givenUp.Add(work);

    /// <summary>Work failed.</summary>
    public Attempt CountFailure(WorkKey work) => Count(_failures, work, layout.MaxRetries);

    /// <summary>Work was lost with its node. It is tried elsewhere at once.</summary>
    public Attempt CountLoss(WorkKey work)
    {
        var attempt = Count(_losses, work, MaxLosses - 1);
        _waiting.Remove(work);
        return attempt;
    }

    private int GivenUpOf(RunId run) => _givenUp.Count(work => work.Run == run && work != WorkKey.Samples(run));

    private Attempt Count(Dictionary<WorkKey, int> counts, WorkKey work, int retries)
    {
        var number = counts[work] = counts.GetValueOrDefault(work) + 1;
        var givesUp = number > retries;
        _ = givesUp ? _givenUp.Add(work) : _waiting.Add(work);
        return new Attempt(number, givesUp, TimeSpan.FromSeconds(Math.Min(LongestDelay.TotalSeconds, FirstDelay.TotalSeconds * Math.Pow(2, number - 1))));
    }
}
