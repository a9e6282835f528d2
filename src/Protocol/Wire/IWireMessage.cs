namespace SpikeTrail.Protocol.Wire;

/// <summary>
/// A message that may cross a process or lie in a journal. Every type that implements it has a row in
/// <see cref="MessageCodec"/>'s table, and Akka.NET sends it through that table.
/// </summary>
public interface IWireMessage;
