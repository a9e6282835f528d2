using Akka.Actor;
using SpikeTrail.Actors.Hosting;
using SpikeTrail.Actors.Nodes;
using SpikeTrail.Actors.Pipeline;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Snn.Native;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>Runs a campaign in an actor system of its own, on this machine, to its end or until it is told to stop.</summary>
public static class CampaignRunner
{
    /// <summary>What a campaign is called that is the only one of its actor system.</summary>
    public static CampaignId LoneCampaign { get; } = new("campaign");

    // A supervisor's answer may still be on its way when it has ended.
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Runs a campaign, or goes on with it where the folder's journal says it stopped. Writes results.json and
    /// provenance.json before it returns, whole or as far as they go.
    /// </summary>
    /// <param name="job">The campaign and its folders.</param>
    /// <param name="observer">Who hears how it goes.</param>
    /// <param name="cancel">Stops the campaign; what is journalled stays.</param>
    /// <exception cref="InputException">Data, devices, layout or folder are not fit for it.</exception>
    /// <exception cref="StorageException">The disk is full, or the folder can no longer be written. What is journalled stays.</exception>
    public static Task<CampaignResults> RunAsync(CampaignJob job, ICampaignObserver observer, CancellationToken cancel) =>
        RunAsync(job, observer, layerGroup: null, cancel);

    /// <summary>One pipeline at a time on each device; a device that is named twice takes two.</summary>
    private static DeviceOffer[] Offers(PipelineSpec pipeline) =>
    [
        .. pipeline.Devices.CountBy(device => device).Select(device => new DeviceOffer(
            new DeviceId(WorkerPlan.LocalNode, device.Key), GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, device.Value, Speed: 1)),
    ];

    private static void RefuseMissingDevices(PipelineSpec pipeline)
    {
        var missing = pipeline.Devices.FirstOrDefault(device => !LibTorch.Devices.Contains(device == "cuda" ? "cuda:0" : device));
        if (missing is not null)
        {
            throw new InputException($"pipeline.devices: expected some of {string.Join(", ", LibTorch.Devices)}, which this machine has, got {missing}");
        }
    }

    /// <summary>Why a supervisor died without a word.</summary>
    private static async Task<Exception> PostMortemAsync(ActorSystem system, string folder)
    {
        try
        {
            await CampaignHistory.ReadAsync(system, folder);
            return new InvalidOperationException($"the campaign's supervisor died; {folder}/{LocalSystem.LogName} says why");
        }
        catch (InputException unreadable)
        {
            return unreadable;
        }
    }

    /// <summary>Runs a campaign with layer-group actors made in another way: for tests.</summary>
    internal static async Task<CampaignResults> RunAsync(
        CampaignJob job, ICampaignObserver observer, Func<LayerGroupPlan, Props>? layerGroup, CancellationToken cancel)
    {
        if (string.IsNullOrWhiteSpace(job.OutputFolder))
        {
            throw new InputException("--out: expected a folder, got an empty text");
        }

        RefuseMissingDevices(job.Pipeline);
        var campaign = PreparedCampaign.Prepare(job with { OutputFolder = Path.GetFullPath(job.OutputFolder) });
        CampaignMark.RefuseClusterFolder(campaign.Job.OutputFolder);
        using var folder = OutputFolder.Take(campaign.Job.OutputFolder);
        if (!LocalSystem.HasJournal(campaign.Job.OutputFolder) && OutputFolder.WithoutJournal(campaign.Job.OutputFolder) is { } refusal)
        {
            throw new InputException(refusal);
        }

        using var system = LocalSystem.Create(campaign.Job.OutputFolder);
        try
        {
            system.ActorOf(LeaseReaper.Props(), "lease-reaper");
            var id = LoneCampaign;
            var worker = new WorkerPlan(WorkerPlan.LocalNode, Offers(campaign.Job.Pipeline), new CampaignLibrary(id, campaign), layerGroup ?? LayerGroupActor.Props);
            var devices = system.ActorOf(DevicePool.Props(SupervisorPlan.UsualSilence), "devices");
            devices.Tell(new WorkerDescribed(worker.Node, worker.Devices, Leaving: false), system.ActorOf(WorkerActor.Props(worker), "worker"));
            var supervisor = system.ActorOf(
                CampaignSupervisor.Props(new SupervisorPlan(id, campaign, CampaignHistory.JournalId, devices, observer)), "campaign");
            observer.OnStart(supervisor);
            var ended = supervisor.Ask<CampaignEnded>(StartCampaign.Instance, Timeout.InfiniteTimeSpan, CancellationToken.None);

            // After the start, so that a campaign cancelled before it begins still has somebody to answer.
            using var stop = cancel.Register(() => supervisor.Tell(StopCampaign.Instance));
            if (await Task.WhenAny(ended, supervisor.WatchAsync(CancellationToken.None)) != ended && await Task.WhenAny(ended, Task.Delay(LastWords, CancellationToken.None)) != ended)
            {
                throw await PostMortemAsync(system, campaign.Job.OutputFolder);
            }

            var end = await ended;
            return end.Results ?? throw new InputException(end.Refusal ?? "the campaign was refused");
        }
        finally
        {
            await system.Terminate();
        }
    }
}
