using System.Numerics;
using System.Runtime.CompilerServices;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Neurons;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// Batch norm and the neurons after it in one loop over the tensors' own memory. Normalised inputs and charges never leave the cache:
/// backward computes them again, block by block, from the inputs and from the potential that the window began with. All windows have their
/// channels last in memory (<see cref="TensorMemory.ChannelsLast"/>).
/// </summary>
internal static unsafe class NormalizedNeuronKernel
{
    /// <summary>Whether the kernel can work on a tensor's memory.</summary>
    public static bool Covers(Tensor window_WN) => NeuronKernel.Covers(window_WN) && window_WN.dim() == 5;

    /// <summary>
    /// Spikes of a window. Moves the membrane's potential on, and also gives back the one that the window began with, [N, C, H, W], where
    /// it is kept; null where that was rest.
    /// </summary>
    public static (Tensor Spikes_WNCHW, Tensor? Start_NCHW) Forward(
        NeuronDynamics dynamics, ChannelTerms terms, Tensor inputs_WNCHW, Membrane membrane, bool keepStart)
    {
        var atRest = membrane.Potential is null;
        membrane.Potential = NeuronKernel.StateFor(inputs_WNCHW, membrane.Potential);
        var start_NCHW = keepStart && !atRest ? membrane.Potential.clone() : null;
        var spikes_WNCHW = empty_like(inputs_WNCHW);
        if (inputs_WNCHW.dtype == ScalarType.Float32)
        {
            Forward<float>(dynamics, terms, inputs_WNCHW, membrane.Potential, atRest, spikes_WNCHW);
        }
        else
        {
            Forward<double>(dynamics, terms, inputs_WNCHW, membrane.Potential, atRest, spikes_WNCHW);
        }

        return (spikes_WNCHW, start_NCHW);
    }

    /// <summary>Takes a window's gradients from the spikes back. Moves the membrane's gradient back.</summary>
    /// <param name="neurons">The neurons' equations and their surrogate.</param>
    /// <param name="terms">What the window was normalised with.</param>
    /// <param name="inputs_WNCHW">x.</param>
    /// <param name="start_NCHW">The potential that the window began with; null for rest.</param>
    /// <param name="gradients_WNCHW">dL/ds.</param>
    /// <param name="membrane">The neurons' state.</param>
    /// <param name="wanted">Where to write what, and which sums to take.</param>
    public static void Backward(
        (NeuronDynamics Dynamics, SurrogateSpec Surrogate) neurons,
        ChannelTerms terms,
        Tensor inputs_WNCHW,
        Tensor? start_NCHW,
        Tensor gradients_WNCHW,
        Membrane membrane,
        NormalizedGradients wanted)
    {
        var lastWindow = membrane.Gradient is null;
        membrane.Gradient = NeuronKernel.StateFor(inputs_WNCHW, membrane.Gradient);
        if (inputs_WNCHW.dtype == ScalarType.Float32)
        {
            Backward<float>(neurons, terms, inputs_WNCHW, start_NCHW, gradients_WNCHW, membrane.Gradient, lastWindow, wanted);
        }
        else
        {
            Backward<double>(neurons, terms, inputs_WNCHW, start_NCHW, gradients_WNCHW, membrane.Gradient, lastWindow, wanted);
        }
    }

    /// <summary>
    /// dL/dx where x was normalised with its own statistics: scale·(g − mean(g) − (x − μ)/σ·mean(g·(x − μ)/σ)) with g = dL/dx̂. May be
    /// written in place of g.
    /// </summary>
    public static void ThroughStatistics(ChannelTerms terms, ChannelSums sums, Tensor inputs_WNCHW, Tensor normalized_WNCHW, Tensor results_WNCHW)
    {
        if (inputs_WNCHW.dtype == ScalarType.Float32)
        {
            ThroughStatistics<float>(terms, sums, inputs_WNCHW, normalized_WNCHW, results_WNCHW);
        }
        else
        {
            ThroughStatistics<double>(terms, sums, inputs_WNCHW, normalized_WNCHW, results_WNCHW);
        }
    }

    private static void Forward<T>(NeuronDynamics dynamics, ChannelTerms terms, Tensor inputs_WNCHW, Tensor potential_NCHW, bool atRest, Tensor spikes_WNCHW)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var constants = new NeuronKernel.Constants<T>(dynamics);
        var blocks = ChannelBlocks.OfSteps<T>(inputs_WNCHW);
        using var scaleTile = new ChannelTile<T>(terms.Scale, blocks);
        using var shiftTile = new ChannelTile<T>(terms.Shift, blocks);
        T* scale = scaleTile.Start, shift = shiftTile.Start;
        T* inputs = TensorMemory.Of<T>(inputs_WNCHW), potential = TensorMemory.Of<T>(potential_NCHW), spikes = TensorMemory.Of<T>(spikes_WNCHW);
        var steps = inputs_WNCHW.size(0);
        ThreadTeam.Run(blocks.Chunks, (first, last) =>
        {
            foreach (var (start, count) in blocks.Of(first, last))
            {
                if (atRest)
                {
                    new Span<T>(potential + start, count).Fill(constants.Rest);
                }

                for (long step = 0; step < steps; step++)
                {
                    var row = step * blocks.RowSize + start;
                    var normalized = new NormalizedInputs<T>(inputs + row, scale, shift);
                    NeuronKernel.ForwardStep(constants, normalized, potential + start, spikes + row, spikes + row, count);
                }
            }
        });
    }

    private static void Backward<T>(
        (NeuronDynamics Dynamics, SurrogateSpec Surrogate) neurons,
        ChannelTerms terms,
        Tensor inputs_WNCHW,
        Tensor? start_NCHW,
        Tensor gradients_WNCHW,
        Tensor gradient_NCHW,
        bool lastWindow,
        NormalizedGradients wanted)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var constants = new NeuronKernel.Constants<T>(neurons.Dynamics);
        var blocks = ChannelBlocks.OfSteps<T>(inputs_WNCHW);
        using var scaleTile = new ChannelTile<T>(terms.Scale, blocks);
        using var shiftTile = new ChannelTile<T>(terms.Shift, blocks);
        using var meanTile = new ChannelTile<T>(terms.Mean, blocks);
        T* scale = scaleTile.Start, shift = shiftTile.Start, mean = meanTile.Start;
        T* inputs = TensorMemory.Of<T>(inputs_WNCHW), begin = OfWanted(start_NCHW);
        T* gradients = TensorMemory.Of<T>(gradients_WNCHW), gradient = TensorMemory.Of<T>(gradient_NCHW);
        T* normalized = OfWanted(wanted.Normalized_WNCHW), results = OfWanted(wanted.Inputs_WNCHW);
        T* intoSurrogate = OfWanted(wanted.Surrogate?.Outputs_WN), outOfSurrogate = OfWanted(wanted.Surrogate?.Inputs_WN);
        var steps = inputs_WNCHW.size(0);
        var sums = wanted.Sums ? new ChannelSums(blocks.Chunks, blocks.Channels) : null;
        ThreadTeam.Run(blocks.Chunks, (first, last) =>
        {
            using var scratch = new Scratch<T>((steps + 2) * blocks.Size);
            T* charges = scratch.Start, spikes = charges + steps * blocks.Size, potential = spikes + blocks.Size;
            for (var number = first; number < last; number++)
            {
                using var chunk = sums is null ? null : new ChannelSums.Chunk<T>(sums, number, mean, blocks);
                foreach (var (start, count) in blocks.Of(number, number + 1))
                {
                    if (begin == null)
                    {
                        new Span<T>(potential, count).Fill(constants.Rest);
                    }
                    else
                    {
                        Copy(begin + start, potential, count);
                    }

                    if (lastWindow)
                    {
                        new Span<T>(gradient + start, count).Clear();
                    }

                    for (long step = 0; step < steps; step++)
                    {
                        var x = new NormalizedInputs<T>(inputs + step * blocks.RowSize + start, scale, shift);
                        NeuronKernel.ForwardStep(constants, x, potential, charges + step * blocks.Size, spikes, count);
                    }

                    for (var step = steps - 1; step >= 0; step--)
                    {
                        var row = step * blocks.RowSize + start;
                        var charge = charges + step * blocks.Size;
                        NeuronKernel.BackwardStep(
                            constants,
                            neurons.Surrogate,
                            gradients + row,
                            gradient + start,
                            intoSurrogate == null ? charge : intoSurrogate + row,
                            outOfSurrogate == null ? charge : outOfSurrogate + row,
                            charge,
                            count);
                        chunk?.Add(charge, inputs + row, count);
                        if (normalized != null)
                        {
                            Copy(charge, normalized + row, count);
                        }

                        if (results != null)
                        {
                            Multiply(charge, scale, results + row, count);
                        }
                    }
                }
            }
        });
        wanted.Taken = sums;

        static T* OfWanted(Tensor? tensor) => tensor is null ? null : TensorMemory.Of<T>(tensor);
    }

    private static void ThroughStatistics<T>(ChannelTerms terms, ChannelSums sums, Tensor inputs_WNCHW, Tensor normalized_WNCHW, Tensor results_WNCHW)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        // dL/dx = g·scale + (x − μ)·slope + level, three figures a channel.
        var blocks = ChannelBlocks.OfWhole<T>(inputs_WNCHW);
        var count = (double)inputs_WNCHW.NumberOfElements / blocks.Channels;
        var (slopes, levels) = (sums.OfProducts, sums.OfValues);
        for (var channel = 0; channel < blocks.Channels; channel++)
        {
            slopes[channel] = -terms.Scale[channel] * terms.InverseDeviation[channel] * terms.InverseDeviation[channel] * (slopes[channel] / count);
            levels[channel] = -terms.Scale[channel] * (levels[channel] / count);
        }

        using var scaleTile = new ChannelTile<T>(terms.Scale, blocks);
        using var meanTile = new ChannelTile<T>(terms.Mean, blocks);
        using var slopeTile = new ChannelTile<T>(slopes, blocks);
        using var levelTile = new ChannelTile<T>(levels, blocks);
        T* scale = scaleTile.Start, mean = meanTile.Start, slope = slopeTile.Start, level = levelTile.Start;
        T* inputs = TensorMemory.Of<T>(inputs_WNCHW), normalized = TensorMemory.Of<T>(normalized_WNCHW), results = TensorMemory.Of<T>(results_WNCHW);
        ThreadTeam.Run(blocks.Chunks, (first, last) =>
        {
            foreach (var (start, size) in blocks.Of(first, last))
            {
                ThroughStatistics(inputs + start, normalized + start, results + start, scale, mean, slope, level, size);
            }
        });
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void ThroughStatistics<T>(T* inputs, T* normalized, T* results, T* scale, T* mean, T* slope, T* level, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            var deviation = Vector.Load(inputs + i) - Vector.Load(mean + i);
            var spread = NeuronKernel.FusedMultiplyAdd(deviation, Vector.Load(slope + i), Vector.Load(level + i));
            Vector.Store(NeuronKernel.FusedMultiplyAdd(Vector.Load(normalized + i), Vector.Load(scale + i), spread), results + i);
        }

        for (; i < count; i++)
        {
            results[i] = T.FusedMultiplyAdd(normalized[i], scale[i], T.FusedMultiplyAdd(inputs[i] - mean[i], slope[i], level[i]));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Multiply<T>(T* values, T* factors, T* products, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            Vector.Store(Vector.Load(values + i) * Vector.Load(factors + i), products + i);
        }

        for (; i < count; i++)
        {
            products[i] = values[i] * factors[i];
        }
    }

    private static void Copy<T>(T* from, T* to, int count)
        where T : unmanaged => new ReadOnlySpan<T>(from, count).CopyTo(new Span<T>(to, count));
}

/// <summary>What is wanted of a window's way back through neurons and batch norm. Tensors are [W, N, C, H, W], channels last in memory.</summary>
/// <param name="Inputs_WNCHW">Where dL/dx goes, with the statistics taken as constants; null if it is not wanted.</param>
/// <param name="Normalized_WNCHW">Where dL/dx̂ goes; null if it is not wanted.</param>
/// <param name="Surrogate">Where a probe's figures go; null without a probe.</param>
/// <param name="Sums">Whether to take the sums of dL/dx̂ and of dL/dx̂·(x − μ).</param>
internal sealed record NormalizedGradients(Tensor? Inputs_WNCHW, Tensor? Normalized_WNCHW, SurrogateGradients? Surrogate, bool Sums)
{
    /// <summary>The sums, once they are taken.</summary>
    public ChannelSums? Taken { get; set; }
}
