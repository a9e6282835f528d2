using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Dispatch.SysMsg;
using Akka.Remote.Serialization;
using Akka.Serialization;
using Akka.Util;

namespace SpikeTrail.Actors.Serialization;

/// <summary>
/// Stands in front of Akka.NET's serializer of system messages, and lets through those by which nodes watch each other's
/// actors. What it keeps out (end, restart, resume, adopt) is between a supervisor and its child, which here are always on
/// one node.
/// </summary>
public sealed class WatchSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly Dictionary<string, Type> LetThrough =
        new[] { typeof(Watch), typeof(Unwatch), typeof(DeathWatchNotification) }.ToDictionary(type => type.TypeQualifiedName());

    private readonly SystemMessageSerializer _all = new(system);

    /// <summary>That of the serializer it stands in front of.</summary>
    public override int Identifier => 22;

    /// <inheritdoc/>
    public override string Manifest(object o) => o.GetType().TypeQualifiedName();

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The message is not let through.</exception>
    public override byte[] ToBinary(object obj)
    {
        _ = Known(Manifest(obj));
        return _all.ToBinary(obj);
    }

    /// <inheritdoc/>
    /// <exception cref="SerializationException">The message is not let through.</exception>
    public override object FromBinary(byte[] bytes, string manifest) => _all.FromBinary(bytes, Known(manifest));

    private static Type Known(string manifest) => LetThrough.TryGetValue(manifest ?? "", out var type)
        ? type
        : throw new SerializationException($"'{manifest}' is no system message that one node may send another");
}
