using Akka.Actor;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Host.Live;

/// <summary>What a live page is about.</summary>
/// <param name="Title">Whose page it is, such as <c>node 127.0.0.1:4053</c>.</param>
/// <param name="Campaigns">Where campaigns are asked for: the registry, its proxy, or a campaign that has neither. Not there before the campaign begins.</param>
/// <param name="FolderOf">Where a campaign leaves its results.</param>
internal sealed record LiveSource(string Title, Task<IActorRef> Campaigns, Func<CampaignId, string> FolderOf)
{
    /// <summary>How long an answer may take before a viewer is told that there is none.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(5);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
