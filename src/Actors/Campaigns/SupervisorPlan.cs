using Akka.Actor;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>What a supervisor works with.</summary>
/// <param name="Id">What the campaign is called.</param>
/// <param name="Campaign">The campaign.</param>
/// <param name="JournalId">What its facts are journalled under.</param>
/// <param name="Devices">The pool of devices.</param>
/// <param name="Observer">Who hears how it goes.</param>
public sealed record SupervisorPlan(CampaignId Id, PreparedCampaign Campaign, string JournalId, IActorRef Devices, ICampaignObserver Observer)
{
    /// <summary>The silence of a machine without a cluster.</summary>
    public static TimeSpan UsualSilence { get; } = TimeSpan.FromMinutes(1);

    /// <summary>After how long without a sign of life a pipeline is lost.</summary>
    public TimeSpan Silence { get; init; } = UsualSilence;

    /// <summary>After how long without a finished pass a pipeline stands still. The longest pass of a large network on a slow device must fit in.</summary>
    public TimeSpan Stall { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The kinds of device that the campaign may run on: they are part of its identity.</summary>
    public IReadOnlyList<string> DeviceKinds { get; } = [.. Campaign.Job.Pipeline.Devices.Select(device => device.Split(':')[0]).Distinct()];

    /// <summary>The devices that a pipeline must go on; null for any.</summary>
    public IReadOnlyList<DeviceId>? ExactDevices { get; } = Campaign.Job.Pipeline.Placement?.Select(place => DeviceId.Parse(place)!.Value).Distinct().ToList();

    /// <summary>Up to how many devices one pipeline goes on.</summary>
    public int DevicesPerPipeline => Campaign.Job.Pipeline.Spread == PipelineSpread.Devices ? Campaign.Job.Pipeline.LayerGroups : 1;
}
