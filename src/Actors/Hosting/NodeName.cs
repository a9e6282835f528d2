using Akka.Actor;

namespace SpikeTrail.Actors.Hosting;

/// <summary>What people call a node.</summary>
internal static class NodeName
{
    /// <summary>A node's host and port, such as <c>127.0.0.1:4053</c>; <c>local</c> for an actor system that others cannot reach.</summary>
    public static string Of(ActorSystem system) => Of(((ExtendedActorSystem)system).Provider.DefaultAddress);

    /// <inheritdoc cref="Of(ActorSystem)"/>
    public static string Of(Address address) => address.HasGlobalScope ? $"{address.Host}:{address.Port}" : "local";
}
