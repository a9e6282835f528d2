using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Nodes;

/// <summary>Something asked of the cluster's campaigns; answered with what its summary says, or with <see cref="RequestRefused"/>.</summary>
public interface ICampaignRequest : IWireMessage;

/// <summary>Start a campaign. Answered with <see cref="RequestDone"/> once it is journalled.</summary>
/// <param name="Campaign">The name it gets, free until now.</param>
/// <param name="Spec">What is measured.</param>
/// <param name="Pipeline">How it is computed.</param>
public sealed record SubmitCampaign(CampaignId Campaign, CampaignSpec Spec, PipelineSpec Pipeline) : ICampaignRequest;

/// <summary>Which campaigns there are. Answered with <see cref="CampaignList"/>.</summary>
public sealed record ListCampaigns : ICampaignRequest;

/// <summary>How one campaign is. Answered with <see cref="CampaignDetails"/>.</summary>
/// <param name="Campaign">Which.</param>
public sealed record ShowCampaign(CampaignId Campaign) : ICampaignRequest;

/// <summary>How far each cell of a campaign is measured. Answered with <see cref="CellList"/>.</summary>
/// <param name="Campaign">Which.</param>
public sealed record ListCells(CampaignId Campaign) : ICampaignRequest;

/// <summary>Give a campaign's devices back, and no more work out. Answered with <see cref="RequestDone"/>.</summary>
/// <param name="Campaign">Which.</param>
public sealed record PauseCampaign(CampaignId Campaign) : ICampaignRequest;

/// <summary>Go on with a paused campaign. Answered with <see cref="RequestDone"/>.</summary>
/// <param name="Campaign">Which.</param>
public sealed record ResumeCampaign(CampaignId Campaign) : ICampaignRequest;

/// <summary>End a campaign for good; what was measured stays. Answered with <see cref="RequestDone"/>.</summary>
/// <param name="Campaign">Which.</param>
public sealed record CancelCampaign(CampaignId Campaign) : ICampaignRequest;

/// <summary>Take up again what failed too often in a campaign. Answered with <see cref="RequestDone"/>.</summary>
/// <param name="Campaign">Which.</param>
public sealed record RetryCampaign(CampaignId Campaign) : ICampaignRequest;

/// <summary>
/// Hear of a campaign from now on: its facts as they are journalled, <c>ProgressUpdate</c>s, and <see cref="CampaignDetails"/>
/// when it begins and ends. To be renewed every few seconds: after <see cref="Lifetime"/> without, nothing more is sent.
/// </summary>
/// <param name="Campaign">Which.</param>
public sealed record FollowCampaign(CampaignId Campaign) : ICampaignRequest
{
    /// <summary>How long one request lasts.</summary>
    public static TimeSpan Lifetime { get; } = TimeSpan.FromSeconds(15);
}

/// <summary>Which devices there are, and who uses them. Answered with <see cref="DeviceList"/>.</summary>
public sealed record ListDevices : ICampaignRequest;

/// <summary>Which pipelines there are. Answered with <see cref="PipelineList"/>.</summary>
public sealed record ListPipelines : ICampaignRequest;

/// <summary>Have a pipeline, or one of its layer groups, go on elsewhere, from its last checkpoint. Answered with <see cref="RequestDone"/>.</summary>
/// <param name="Pipeline">Which pipeline.</param>
/// <param name="Group">Which layer group, from 0; null for all of them.</param>
/// <param name="To">The device.</param>
public sealed record MovePipeline(string Pipeline, int? Group, DeviceId To) : ICampaignRequest;
