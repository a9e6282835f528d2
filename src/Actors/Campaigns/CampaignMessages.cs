using Akka.Actor;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Nodes;
using SpikeTrail.Protocol.Results;
using SpikeTrail.Protocol.Telemetry;

namespace SpikeTrail.Actors.Campaigns;

/// <summary>Asks the supervisor to work through its campaign. Answered with <see cref="CampaignEnded"/>.</summary>
public sealed record StartCampaign : INoSerializationVerificationNeeded
{
    /// <summary>The one instance.</summary>
    public static StartCampaign Instance { get; } = new();
}

/// <summary>Asks the supervisor to stop where it is; what is journalled stays, and the rest is done another time.</summary>
public sealed record StopCampaign : INoSerializationVerificationNeeded
{
    /// <summary>The one instance.</summary>
    public static StopCampaign Instance { get; } = new();
}

/// <summary>The supervisor has nothing left to do.</summary>
/// <param name="Results">What is known now; null where the campaign was refused.</param>
/// <param name="Refusal">Why the campaign was not taken up: the folder holds another.</param>
public sealed record CampaignEnded(CampaignResults? Results, string? Refusal) : INoSerializationVerificationNeeded
{
    /// <summary>How it stands at the end.</summary>
    public CampaignDetails? Details { get; init; }
}

/// <summary>A fact for the aggregator.</summary>
/// <param name="Fact">The fact.</param>
/// <param name="Recovered">Whether it was in the journal when the supervisor started.</param>
internal sealed record FactRecorded(ICampaignFact Fact, bool Recovered) : INoSerializationVerificationNeeded
{
    /// <summary>Whether no other fact was journalled together with it that is still to come.</summary>
    public bool IsLast { get; init; } = true;
}

/// <summary>Progress for the aggregator to show.</summary>
/// <param name="Update">How far the campaign is.</param>
internal sealed record ProgressMade(ProgressUpdate Update) : INoSerializationVerificationNeeded;

/// <summary>Asks the aggregator to write all it knows. Answered with <see cref="CampaignEnded"/>.</summary>
internal sealed record WriteResults : INoSerializationVerificationNeeded;

/// <summary>The pause after a failure is over.</summary>
/// <param name="Work">What failed.</param>
internal sealed record RetryWork(WorkKey Work) : INoSerializationVerificationNeeded;

/// <summary>Time to look for pipelines that were not heard of for long.</summary>
internal sealed record LookForSilence : INoSerializationVerificationNeeded;
