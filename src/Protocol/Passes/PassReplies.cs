using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Protocol.Wire;

namespace SpikeTrail.Protocol.Passes;

/// <summary>Which way a frame travels.</summary>
public enum Direction
{
    /// <summary>Spikes, towards the readout.</summary>
    Forward,

    /// <summary>Gradients, towards the input.</summary>
    Backward,
}

/// <summary>The receiver of a frame, or of a chunk of one, has taken it from its mailbox: the sender may send one more that way.</summary>
/// <param name="Pass">The pass the frame belonged to.</param>
/// <param name="Direction">The way it travelled.</param>
public sealed record FrameTaken(PassId Pass, Direction Direction) : IWireMessage;

/// <summary>A layer group has done all that a pass wanted of it.</summary>
/// <param name="Pass">The pass.</param>
/// <param name="Group">The layer group's index, from 0.</param>
/// <param name="Probes">What its probes saw.</param>
public sealed record GradientReport(PassId Pass, int Group, ProbeReport Probes) : IWireMessage;
