using Akka.Actor;

namespace SpikeTrail.Host.Palettes;

/// <summary>What the palettes' commands work on.</summary>
/// <param name="System">The node's actor system, with a cluster or without.</param>
/// <param name="Campaigns">Where campaigns are asked for: the registry, or its proxy.</param>
/// <param name="CampaignsFolder">Where campaigns leave their results, each in a folder of its name.</param>
internal sealed record PaletteContext(ActorSystem System, IActorRef Campaigns, string CampaignsFolder)
{
    /// <summary>How long the registry may take to answer. A failover takes longer: an operator is told rather than kept waiting.</summary>
    public TimeSpan AnswerTimeout { get; init; } = TimeSpan.FromSeconds(10);

    public TimeProvider Time { get; init; } = TimeProvider.System;
}
