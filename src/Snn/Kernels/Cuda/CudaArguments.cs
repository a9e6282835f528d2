using System.Runtime.InteropServices;
using SpikeTrail.Protocol.Campaigns;

namespace SpikeTrail.Snn.Kernels.Cuda;

/// <summary>What both kernels take, field by field as <c>neurons.cu</c> has it. Numbers travel in float64 and are rounded where they are used.</summary>
/// <param name="Steps">T of the window.</param>
/// <param name="Count">How many neurons there are.</param>
/// <param name="Channels">Batch norm's channels; 1 without.</param>
/// <param name="Stride">From one channel to the next in memory, in neurons.</param>
/// <param name="Leak">See <see cref="NeuronDynamics"/>; likewise the next four.</param>
/// <param name="SlopeFirst">The surrogate's first constant.</param>
/// <param name="SlopeSecond">Its second.</param>
/// <param name="Surrogate">Which it is.</param>
/// <param name="HardReset">1 with a hard reset.</param>
/// <param name="DetachReset">1 where no gradient flows through the reset's spike.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct NeuronArguments(
    long Steps,
    long Count,
    long Channels,
    long Stride,
    double Leak,
    double Gain,
    double Drive,
    double Threshold,
    double Rest,
    double SlopeFirst,
    double SlopeSecond,
    int Surrogate,
    int HardReset,
    int DetachReset)
{
    /// <summary>The arguments of neurons without batch norm.</summary>
    public static NeuronArguments Of(NeuronDynamics dynamics, SurrogateSpec surrogate, long steps, long count)
    {
        var (kind, first, second) = SlopeOf(surrogate);
        return new NeuronArguments(
            steps,
            count,
            Channels: 1,
            Stride: 1,
            dynamics.Leak,
            dynamics.Gain,
            dynamics.Drive,
            dynamics.Threshold,
            dynamics.Rest,
            first,
            second,
            kind,
            dynamics.Reset is null ? 0 : 1,
            dynamics.DetachReset ? 1 : 0);
    }

    /// <summary>The constants of <see cref="ISlope{T}"/>'s forms, which are those of <c>slope</c> in <c>neurons.cu</c>.</summary>
    private static (int Kind, double First, double Second) SlopeOf(SurrogateSpec surrogate)
    {
        const int atan = 0, sigmoid = 1, tent = 2, rectangle = 3;
        var alpha = surrogate.Alpha;
        return surrogate.Kind switch
        {
            SurrogateKind.Atan => (atan, Math.PI / 2 * alpha, alpha / 2),
            SurrogateKind.Sigmoid => (sigmoid, alpha, 0),
            SurrogateKind.PiecewiseQuadratic => (tent, alpha, -(alpha * alpha)),
            SurrogateKind.Rect => (rectangle, alpha, 0.5 / alpha),
            SurrogateKind.Triangle => (tent, 1 / alpha, -(1 / (alpha * alpha))),
            _ => throw new ArgumentOutOfRangeException(nameof(surrogate), surrogate.Kind, "no such surrogate"),
        };
    }
}

/// <summary>The argument of <c>forward_…</c>; addresses in the device's memory, 0 for what is not there.</summary>
/// <param name="Scale">Batch norm's, [C], with <paramref name="Shift"/>; 0 without.</param>
/// <param name="Charges">Where the charges go; 0 if nobody keeps them.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ForwardArguments(
    NeuronArguments Neurons, nint Inputs, nint Scale, nint Shift, nint Potential, nint Spikes, nint Charges);

/// <summary>The argument of <c>backward_…</c>; addresses in the device's memory, 0 for what is not there.</summary>
/// <param name="Gradients">dL/ds.</param>
/// <param name="Scale">Batch norm's, [C]; 0 without.</param>
/// <param name="Gradient">dL/dv, moved back.</param>
/// <param name="Charges">Charges, which turn into dL/dx.</param>
/// <param name="Normalized">Where dL/dx̂ goes; 0 if it is not wanted.</param>
/// <param name="SpikeGradients">Where a probe's figures go, with <paramref name="SurrogateGradients"/>; 0 without a probe.</param>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct BackwardArguments(
    NeuronArguments Neurons, nint Gradients, nint Scale, nint Gradient, nint Charges, nint Normalized, nint SpikeGradients, nint SurrogateGradients);
