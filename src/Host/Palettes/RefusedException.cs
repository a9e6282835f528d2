namespace SpikeTrail.Host.Palettes;

/// <summary>A command that is well given cannot be done as things are. The message is one line.</summary>
internal sealed class RefusedException(string message) : Exception(message);
