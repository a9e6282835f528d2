using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// The weight gradient of a convolution of spikes: for every pixel of the kernel and input channel, the sum of the output gradients
/// where that input spikes. Inputs of zero are passed over, unless there are few: then <see cref="DenseConvolution"/> does it. The order of a
/// sum is that of pixels and images; each weight is one thread's, so its bits do not depend on how many there are.
/// </summary>
internal static unsafe class SpikeWeightGradient
{
    // Gradients of so many images stay in the nearest cache beside the lists.
    private const int FewImages = 64;

    /// <summary>Sums up.</summary>
    /// <param name="shape">The sizes.</param>
    /// <param name="inputs">[M, H, W, C], or the same in bytes.</param>
    /// <param name="gradients">dL/doutputs, [H', W', M, K]: pixel by pixel, so that neighbours in a sum are neighbours in memory. K a multiple of a vector's length.</param>
    /// <param name="weightGradients">[kernel, kernel, C, K], written.</param>
    public static void Sum<T, TInput>(ConvolutionShape shape, TInput* inputs, T* gradients, T* weightGradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TInput : unmanaged, INumber<TInput>
    {
        var pixels = shape.Height * shape.Width;
        if (InputDensity.IsHigh(inputs, (long)shape.Images * pixels * shape.Inputs))
        {
            DenseConvolution.WeightGradient(shape, inputs, gradients, weightGradients);
            return;
        }

        var lanes = Vector512<T>.Count;
        var reached = ConvolutionJoins.Of(shape).Reached;
        ThreadTeam.Run((shape.Inputs + lanes - 1) / lanes, (first, last) =>
        {
            var channels = (first * lanes)..Math.Min(last * lanes, shape.Inputs);
            ConvolutionKernel.Clear(shape, channels, weightGradients);
            using var spikes = new SpikesByChannel<T>(shape, Math.Min(FewImages, shape.Images), channels);
            for (var pixel = 0; pixel < pixels; pixel++)
            {
                for (var image = 0; image < shape.Images; image += FewImages)
                {
                    spikes.List(inputs + ((((long)image * pixels) + pixel) * shape.Inputs), Math.Min(FewImages, shape.Images - image));
                    SumPixel(shape, spikes, reached[pixel], gradients + ((long)image * shape.Outputs), weightGradients);
                }
            }
        }, grains: 1);
    }

    private static void SumPixel<T>(ConvolutionShape shape, SpikesByChannel<T> spikes, (int Tap, int Output)[] reached, T* gradients, T* weightGradients)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        foreach (var (tap, output) in reached)
        {
            var from = gradients + ((long)output * shape.Images * shape.Outputs);
            var to = weightGradients + ((long)tap * shape.Inputs * shape.Outputs);
            var channel = 0;
            for (; channel <= shape.Outputs - Columns<T>.Wide; channel += Columns<T>.Wide)
            {
                Add(spikes, from + channel, to + channel, shape.Outputs);
            }

            for (; channel < shape.Outputs; channel += Columns<T>.Narrow)
            {
                AddNarrow(spikes, from + channel, to + channel, shape.Outputs);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Add<T>(SpikesByChannel<T> spikes, T* gradients, T* weightGradients, int outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var spare = stackalloc T[Columns<T>.Wide];
        for (var channel = 0; channel < spikes.Channels; channel += 2)
        {
            var pair = channel + 1 < spikes.Channels;
            var (one, other) = (spikes.Of(channel), pair ? spikes.Of(channel + 1) : default);
            if (one.Count + other.Count > 0)
            {
                var to = weightGradients + ((long)(spikes.FirstChannel + channel) * outputs);
                SpikeSums.Add(gradients, spikes.Offsets, spikes.Values, one, to, other, pair ? to + outputs : spare);
            }
        }
    }

    /// <summary>The same for one vector of output channels.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddNarrow<T>(SpikesByChannel<T> spikes, T* gradients, T* weightGradients, int outputs)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (var channel = 0; channel < spikes.Channels; channel++)
        {
            var to = weightGradients + ((long)(spikes.FirstChannel + channel) * outputs);
            SpikeSums.AddNarrow(gradients, spikes.Offsets, spikes.Values, spikes.Of(channel), to);
        }
    }
}

/// <summary>The spikes of one pixel of some images, channel by channel: their values, and where their images' gradients are.</summary>
internal sealed unsafe class SpikesByChannel<T> : IDisposable
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private readonly ConvolutionShape _shape;
    private readonly int _images;
    private readonly int* _counts;

    public SpikesByChannel(ConvolutionShape shape, int images, Range channels)
    {
        (_shape, _images, FirstChannel, Channels) = (shape, images, channels.Start.Value, channels.End.Value - channels.Start.Value);
        var values = (nuint)Channels * (nuint)images;
        Offsets = (int*)NativeMemory.Alloc(values, sizeof(int));
        Values = (T*)NativeMemory.Alloc(values, (nuint)sizeof(T));
        _counts = (int*)NativeMemory.Alloc((nuint)Channels, sizeof(int));
    }

    public int FirstChannel { get; }

    public int Channels { get; }

    /// <summary>Of each spike, image·K.</summary>
    public int* Offsets { get; }

    public T* Values { get; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public SpikeList Of(int channel) => new(channel * _images, (channel * _images) + _counts[channel]);

    /// <summary>Lists the spikes of a pixel. <paramref name="pixel"/> is where its channels begin in the first of so many images [M, H, W, C].</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void List<TInput>(TInput* pixel, int images)
        where TInput : unmanaged, INumber<TInput>
    {
        new Span<int>(_counts, Channels).Clear();
        var (most, outputs, next) = (_images, _shape.Outputs, (long)_shape.Height * _shape.Width * _shape.Inputs);
        pixel += FirstChannel;
        for (var image = 0; image < images; image++, pixel += next)
        {
            var channel = 0;
            for (; channel <= Channels - LanesOf<TInput>(); channel += LanesOf<TInput>())
            {
                for (var spiking = Spiking(pixel + channel); spiking != 0; spiking &= spiking - 1)
                {
                    Add(channel + BitOperations.TrailingZeroCount(spiking));
                }
            }

            for (; channel < Channels; channel++)
            {
                if (pixel[channel] != TInput.Zero)
                {
                    Add(channel);
                }
            }

            void Add(int at)
            {
                var spike = (at * most) + _counts[at]++;
                Offsets[spike] = image * outputs;
                Values[spike] = T.CreateTruncating(pixel[at]);
            }
        }
    }

    // Of bytes, as many as there are floats in a vector: a thread's share of the channels may be no more.
    private static int LanesOf<TInput>() => typeof(TInput) == typeof(byte) ? Vector128<byte>.Count : Vector512<TInput>.Count;

    /// <summary>Which of a vector of inputs are not zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Spiking<TInput>(TInput* inputs)
        where TInput : unmanaged => typeof(TInput) == typeof(byte)
            ? (~Vector128.Equals(Vector128.Load((byte*)inputs), Vector128<byte>.Zero)).ExtractMostSignificantBits()
            : (~Vector512.Equals(Vector512.Load(inputs), Vector512<TInput>.Zero)).ExtractMostSignificantBits();

    public void Dispose()
    {
        NativeMemory.Free(Offsets);
        NativeMemory.Free(Values);
        NativeMemory.Free(_counts);
    }
}
