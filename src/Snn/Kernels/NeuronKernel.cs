using System.Numerics;
using System.Runtime.CompilerServices;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Neurons;
using TorchSharp;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Kernels;

/// <summary>
/// The equations of <see cref="NeuronLayer"/> in one loop over the tensors' own memory, where tensor operations would
/// pass over it a dozen times per time step. Neurons are taken in blocks that stay in the nearest cache for all steps
/// of the window. A neuron's bits depend neither on the window nor on its place: products are fused into sums where the
/// code says so and nowhere else, and the neurons left over after the last whole vector go through the same code.
/// </summary>
internal static unsafe class NeuronKernel
{
    private const int BlockSize = 1024;

    /// <summary>Whether the kernel can work on a tensor's memory.</summary>
    public static bool Covers(Tensor tensor) =>
        tensor.device_type == DeviceType.CPU && tensor.dtype is ScalarType.Float32 or ScalarType.Float64 && tensor.NumberOfElements > 0;

    /// <summary>
    /// Spikes of a window and, where they are kept, the charges h, laid out in memory as the inputs are. Moves the membrane's
    /// potential on.
    /// </summary>
    public static (Tensor Spikes_WN, Tensor? Charges_WN) Forward(NeuronDynamics dynamics, Tensor inputs_WN, Membrane membrane, bool keepCharges)
    {
        using var inputs = TensorMemory.StepByStep(inputs_WN);
        PotentialFor(inputs, dynamics, membrane);
        var spikes_WN = empty_like(inputs);
        var charges_WN = keepCharges ? empty_like(inputs) : null;
        if (inputs.dtype == ScalarType.Float32)
        {
            Forward<float>(dynamics, inputs, membrane.Potential!, spikes_WN, charges_WN);
        }
        else
        {
            Forward<double>(dynamics, inputs, membrane.Potential!, spikes_WN, charges_WN);
        }

        return (spikes_WN, charges_WN);
    }

    /// <summary>
    /// dL/dx of a window from dL/ds and the charges, whose memory it takes over. Moves the membrane's gradient back.
    /// For a probe it also tells what enters the surrogate at each step (dL/ds, with what comes through the reset) and
    /// what leaves it (the same times ds/dh).
    /// </summary>
    public static (Tensor InputGradients_WN, SurrogateGradients? Probed) Backward(
        NeuronDynamics dynamics, SurrogateSpec surrogate, Tensor charges_WN, Tensor gradients_WN, Membrane membrane, bool probed)
    {
        TensorMemory.RequireShapeOf(charges_WN, gradients_WN);
        using var gradients = TensorMemory.InLayoutOf(charges_WN, gradients_WN);
        GradientFor(charges_WN, membrane);
        var probe = probed ? SurrogateGradients.Like(charges_WN) : null;
        if (charges_WN.dtype == ScalarType.Float32)
        {
            Backward<float>(dynamics, surrogate, charges_WN, gradients, membrane.Gradient!, probe);
        }
        else
        {
            Backward<double>(dynamics, surrogate, charges_WN, gradients, membrane.Gradient!, probe);
        }

        return (charges_WN, probe);
    }

    /// <summary>Sees to it that a membrane has a potential, at rest before the first step, laid out in memory as a step of the window is.</summary>
    public static void PotentialFor(Tensor inputs_WN, NeuronDynamics dynamics, Membrane membrane)
    {
        using var step = inputs_WN.select(0, 0);
        using var rest = dynamics.Rest.ToScalar();
        membrane.Potential = membrane.Potential is { } potential ? LikeStep(step, potential) : full_like(step, rest);
    }

    /// <summary>The same for its gradient, which is 0 before the last step.</summary>
    public static void GradientFor(Tensor inputs_WN, Membrane membrane)
    {
        using var step = inputs_WN.select(0, 0);
        membrane.Gradient = membrane.Gradient is { } gradient ? LikeStep(step, gradient) : zeros_like(step);
    }

    /// <summary>A membrane's state, laid out in memory as a step of the window is; where there is none, memory for it that is not set to anything.</summary>
    public static Tensor StateFor(Tensor window_WN, Tensor? state)
    {
        using var step = window_WN.select(0, 0);
        return state is null ? empty_like(step) : LikeStep(step, state);
    }

    private static Tensor LikeStep(Tensor step, Tensor state)
    {
        TensorMemory.RequireShapeOf(step, state);
        return TensorMemory.InLayoutOf(step, state);
    }

    // Charges that nobody keeps are written where the spikes go, just before these.
    private static void Forward<T>(NeuronDynamics dynamics, Tensor inputs_WN, Tensor potential_N, Tensor spikes_WN, Tensor? charges_WN)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var constants = new Constants<T>(dynamics);
        T* inputs = TensorMemory.Of<T>(inputs_WN), potential = TensorMemory.Of<T>(potential_N);
        T* spikes = TensorMemory.Of<T>(spikes_WN), charges = TensorMemory.Of<T>(charges_WN ?? spikes_WN);
        long steps = inputs_WN.shape[0], neurons = potential_N.NumberOfElements;
        ThreadTeam.Run(Blocks(neurons), (first, last) =>
        {
            for (long start = (long)first * BlockSize, end = Math.Min((long)last * BlockSize, neurons); start < end; start += BlockSize)
            {
                var count = (int)Math.Min(BlockSize, end - start);
                for (long step = 0; step < steps; step++)
                {
                    var row = step * neurons + start;
                    ForwardStep(constants, new PlainInputs<T>(inputs + row), potential + start, charges + row, spikes + row, count);
                }
            }
        });
    }

    private static int Blocks(long neurons) => (int)((neurons + BlockSize - 1) / BlockSize);

    /// <summary>One time step of a block of neurons.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void ForwardStep<T, TInputs>(in Constants<T> constants, TInputs inputs, T* potential, T* charges, T* spikes, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TInputs : struct, IInputs<T>
    {
        var (leak, gain, drive) = (Vector.Create(constants.Leak), Vector.Create(constants.Gain), Vector.Create(constants.Drive));
        var (threshold, rest, hardReset) = (Vector.Create(constants.Threshold), Vector.Create(constants.Rest), constants.HardReset);
        var i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            var charge = FusedMultiplyAdd(Vector.Load(potential + i), leak, inputs.At(i) * gain + drive);
            var fired = Vector.GreaterThanOrEqual(charge, threshold);
            Vector.Store(Vector.ConditionalSelect(fired, hardReset ? rest : charge - threshold, charge), potential + i);
            Vector.Store(charge, charges + i);
            Vector.Store(fired & Vector<T>.One, spikes + i);
        }

        if (i < count)
        {
            ForwardRemainder(constants, inputs.Last(i, count - i), potential + i, charges + i, spikes + i, count - i);
        }
    }

    /// <summary>The same for less than a vector of neurons, on padded copies.</summary>
    private static void ForwardRemainder<T>(in Constants<T> constants, Vector<T> input, T* potential, T* charges, T* spikes, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector<T> membrane = default, charge = default, spike = default;
        Copy<T>(potential, &membrane, count);
        ForwardStep(constants, new PlainInputs<T>((T*)&input), (T*)&membrane, (T*)&charge, (T*)&spike, Vector<T>.Count);
        Copy<T>(&membrane, potential, count);
        Copy<T>(&charge, charges, count);
        Copy<T>(&spike, spikes, count);
    }

    // Figures that no probe wants are written where the input gradients go, just before these.
    private static void Backward<T>(
        NeuronDynamics dynamics, SurrogateSpec surrogate, Tensor charges_WN, Tensor gradients_WN, Tensor gradient_N, SurrogateGradients? probed)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var constants = new Constants<T>(dynamics);
        T* charges = TensorMemory.Of<T>(charges_WN), gradients = TensorMemory.Of<T>(gradients_WN), gradient = TensorMemory.Of<T>(gradient_N);
        T* spikeGradients = TensorMemory.Of<T>(probed?.Outputs_WN ?? charges_WN), surrogateGradients = TensorMemory.Of<T>(probed?.Inputs_WN ?? charges_WN);
        long steps = charges_WN.shape[0], neurons = gradient_N.NumberOfElements;
        ThreadTeam.Run(Blocks(neurons), (first, last) =>
        {
            for (long start = (long)first * BlockSize, end = Math.Min((long)last * BlockSize, neurons); start < end; start += BlockSize)
            {
                var count = (int)Math.Min(BlockSize, end - start);
                for (var step = steps - 1; step >= 0; step--)
                {
                    var row = step * neurons + start;
                    BackwardStep(constants, surrogate, gradients + row, gradient + start, spikeGradients + row, surrogateGradients + row, charges + row, count);
                }
            }
        });
    }

    /// <summary>One time step of a block of neurons back: <paramref name="charges"/> turn into input gradients.</summary>
    public static void BackwardStep<T>(
        in Constants<T> constants, SurrogateSpec surrogate, T* gradients, T* gradient, T* spikeGradients, T* surrogateGradients, T* charges, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var alpha = surrogate.Alpha;
        switch (surrogate.Kind)
        {
            case SurrogateKind.Atan:
                BackwardStep(constants, new AtanSlope<T>(alpha), gradients, gradient, spikeGradients, surrogateGradients, charges, count);
                break;
            case SurrogateKind.Sigmoid:
                BackwardStep(constants, new SigmoidSlope<T>(alpha), gradients, gradient, spikeGradients, surrogateGradients, charges, count);
                break;
            case SurrogateKind.PiecewiseQuadratic:
                BackwardStep(constants, new TentSlope<T>(alpha, alpha * alpha), gradients, gradient, spikeGradients, surrogateGradients, charges, count);
                break;
            case SurrogateKind.Rect:
                BackwardStep(constants, new RectSlope<T>(alpha), gradients, gradient, spikeGradients, surrogateGradients, charges, count);
                break;
            case SurrogateKind.Triangle:
                BackwardStep(constants, new TentSlope<T>(1 / alpha, 1 / (alpha * alpha)), gradients, gradient, spikeGradients, surrogateGradients, charges, count);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(surrogate), surrogate.Kind, "no such surrogate");
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void BackwardStep<T, TSlope>(
        in Constants<T> constants, TSlope slope, T* gradients, T* gradient, T* spikeGradients, T* surrogateGradients, T* charges, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TSlope : struct, ISlope<T>
    {
        var (leak, gain) = (Vector.Create(constants.Leak), Vector.Create(constants.Gain));
        var (threshold, rest) = (Vector.Create(constants.Threshold), Vector.Create(constants.Rest));
        var (hardReset, detachReset) = (constants.HardReset, constants.DetachReset);
        var i = 0;
        for (; i <= count - Vector<T>.Count; i += Vector<T>.Count)
        {
            var charge = Vector.Load(charges + i);
            var fromNextStep = Vector.Load(gradient + i);
            var spikeGradient = Vector.Load(gradients + i);
            if (!detachReset)
            {
                spikeGradient += fromNextStep * (hardReset ? rest - charge : -threshold);
            }

            var surrogateGradient = spikeGradient * slope.At(charge - threshold);
            var pastReset = hardReset ? Vector.AndNot(fromNextStep, Vector.GreaterThanOrEqual(charge, threshold)) : fromNextStep;
            var chargeGradient = surrogateGradient + pastReset;
            Vector.Store(chargeGradient * leak, gradient + i);
            Vector.Store(spikeGradient, spikeGradients + i);
            Vector.Store(surrogateGradient, surrogateGradients + i);
            Vector.Store(chargeGradient * gain, charges + i);
        }

        if (i < count)
        {
            BackwardRemainder(constants, slope, gradients + i, gradient + i, spikeGradients + i, surrogateGradients + i, charges + i, count - i);
        }
    }

    /// <summary>The same for less than a vector of neurons, on padded copies.</summary>
    private static void BackwardRemainder<T, TSlope>(
        in Constants<T> constants, TSlope slope, T* gradients, T* gradient, T* spikeGradients, T* surrogateGradients, T* charges, int count)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        where TSlope : struct, ISlope<T>
    {
        Vector<T> fromAbove = default, membrane = default, spikeGradient = default, surrogateGradient = default, charge = default;
        Copy<T>(gradients, &fromAbove, count);
        Copy<T>(gradient, &membrane, count);
        Copy<T>(charges, &charge, count);
        BackwardStep(constants, slope, (T*)&fromAbove, (T*)&membrane, (T*)&spikeGradient, (T*)&surrogateGradient, (T*)&charge, Vector<T>.Count);
        Copy<T>(&membrane, gradient, count);
        Copy<T>(&spikeGradient, spikeGradients, count);
        Copy<T>(&surrogateGradient, surrogateGradients, count);
        Copy<T>(&charge, charges, count);
    }

    /// <summary>left · right + addend, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector<T> FusedMultiplyAdd<T>(Vector<T> left, Vector<T> right, Vector<T> addend) => typeof(T) == typeof(float)
        ? Vector.As<float, T>(Vector.FusedMultiplyAdd(Vector.As<T, float>(left), Vector.As<T, float>(right), Vector.As<T, float>(addend)))
        : Vector.As<double, T>(Vector.FusedMultiplyAdd(Vector.As<T, double>(left), Vector.As<T, double>(right), Vector.As<T, double>(addend)));

    private static void Copy<T>(void* from, void* to, int count)
        where T : unmanaged => Unsafe.CopyBlockUnaligned(to, from, (uint)(count * sizeof(T)));

    /// <summary>The model's constants in the tensors' precision.</summary>
    public readonly struct Constants<T>(NeuronDynamics dynamics)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        public T Leak { get; } = T.CreateTruncating(dynamics.Leak);

        public T Gain { get; } = T.CreateTruncating(dynamics.Gain);

        public T Drive { get; } = T.CreateTruncating(dynamics.Drive);

        public T Threshold { get; } = T.CreateTruncating(dynamics.Threshold);

        public T Rest { get; } = T.CreateTruncating(dynamics.Rest);

        public bool HardReset { get; } = dynamics.Reset is not null;

        public bool DetachReset { get; } = dynamics.DetachReset;
    }
}

/// <summary>What a probe sees of the surrogate of a window of time steps.</summary>
/// <param name="Outputs_WN">dL/ds, with what comes through the reset.</param>
/// <param name="Inputs_WN">The same times ds/dh.</param>
internal sealed record SurrogateGradients(Tensor Outputs_WN, Tensor Inputs_WN) : IDisposable
{
    /// <summary>Room for the figures of a window.</summary>
    public static SurrogateGradients Like(Tensor window_WN) => new(empty_like(window_WN), empty_like(window_WN));

    /// <inheritdoc/>
    public void Dispose()
    {
        Outputs_WN.Dispose();
        Inputs_WN.Dispose();
    }
}
