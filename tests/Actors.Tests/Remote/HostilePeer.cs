using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace SpikeTrail.Actors.Tests.Remote;

/// <summary>
/// An actor system that speaks Akka.NET's protocol as it comes out of the box, and may write under any serializer's number
/// whatever it likes.
/// </summary>
internal sealed class HostilePeer : IAsyncDisposable
{
    public HostilePeer(string name) => System = (ExtendedActorSystem)ActorSystem.Create(name, ConfigurationFactory.ParseString("""
        akka {
          loggers = []
          loglevel = OFF
          actor {
            provider = remote
            serializers.forged = "SpikeTrail.Actors.Tests.Remote.HostilePeer+ForgingSerializer, SpikeTrail.Actors.Tests"
            serialization-bindings { "SpikeTrail.Actors.Tests.Remote.HostilePeer+Forged, SpikeTrail.Actors.Tests" = forged }
          }
          remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0 }
        }
        """));

    public ExtendedActorSystem System { get; }

    /// <summary>What a serializer of Akka.NET's makes of a message.</summary>
    public Forged Genuine(int serializer, string manifest, object message, Func<ExtendedActorSystem, Serializer> of) =>
        new(serializer, manifest, Akka.Serialization.Serialization.WithTransport(System, () => of(System).ToBinary(message)));

    public async ValueTask DisposeAsync() => await System.Terminate();

    /// <summary>Bytes under the number and manifest of a serializer.</summary>
    public sealed record Forged(int Serializer, string Manifest, byte[] Bytes);

    public sealed class ForgingSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        private int _identifier = 9999;

        // Asked for after the bytes are written, by the one actor that writes to a peer.
        public override int Identifier => _identifier;

        public override string Manifest(object o) => ((Forged)o).Manifest;

        public override byte[] ToBinary(object obj)
        {
            var forged = (Forged)obj;
            _identifier = forged.Serializer;
            return forged.Bytes;
        }

        public override object FromBinary(byte[] bytes, string manifest) => throw new NotSupportedException();
    }
}
