using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Campaigns;

/// <summary>Something that happened to a cluster's campaigns as a whole: what their registry journals.</summary>
public interface IRegistryFact : IWireMessage;

/// <summary>A campaign was handed in.</summary>
/// <param name="Campaign">Its name.</param>
/// <param name="Spec">What is measured.</param>
/// <param name="Pipeline">How it is computed.</param>
public sealed record CampaignSubmitted(CampaignId Campaign, CampaignSpec Spec, PipelineSpec Pipeline) : IRegistryFact;

/// <summary>What an operator wants of a campaign.</summary>
public enum CampaignOrder
{
    /// <summary>Work on it until it is done.</summary>
    Run,

    /// <summary>Hold it.</summary>
    Pause,

    /// <summary>End it.</summary>
    Cancel,
}

/// <summary>An operator gave an order.</summary>
/// <param name="Campaign">The campaign.</param>
/// <param name="Order">The order.</param>
public sealed record CampaignOrdered(CampaignId Campaign, CampaignOrder Order) : IRegistryFact;

/// <summary>A campaign has come to an end, or was stopped by an order: nothing is done for it until an operator says so.</summary>
/// <param name="Details">How it stood then.</param>
public sealed record CampaignSettled(CampaignDetails Details) : IRegistryFact;
