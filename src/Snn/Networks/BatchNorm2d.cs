using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Kernels;
using SpikeTrail.Snn.Kernels.Cuda;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Networks;

/// <summary>
/// Batch norm over channels (Ioffe and Szegedy, 2015), eps 1e-5, momentum 0.1: on running statistics, or on the batch's
/// own, taken over all time steps together or over each by itself (see <see cref="BatchNormScope"/>).
/// </summary>
/// <param name="name">The module's name.</param>
/// <param name="weight">γ, [C].</param>
/// <param name="bias">β, [C].</param>
/// <param name="runningMean">[C].</param>
/// <param name="runningVar">[C], unbiased.</param>
/// <param name="batchesTracked">How many batches the running statistics have seen, an int64 scalar; kept for the state dict's sake.</param>
/// <param name="scope">What batch statistics are taken over.</param>
public sealed class BatchNorm2d(
    string name, Parameter weight, Parameter bias, Parameter runningMean, Parameter runningVar, Parameter batchesTracked, BatchNormScope scope)
    : Operation(name, "BatchNorm2d")
{
    private const double Momentum = 0.1;
    private const double Eps = 1e-5;

    /// <inheritdoc/>
    public override IEnumerable<Parameter> OwnParameters => [weight, bias, runningMean, runningVar, batchesTracked];

    /// <inheritdoc/>
    public override bool NeedsWholeSequence(PassRequest request) => request.BatchNorm == BatchStatistics.Batch
        ? scope == BatchNormScope.Sequence
        // All steps of a pass are normalised with the statistics from before it, which it moves.
        : request.TrackStatistics;

    /// <inheritdoc/>
    protected override IReadOnlyList<Parameter> Weights => [weight, bias];

    /// <inheritdoc/>
    public override IReadOnlyList<long> OutputShape(IReadOnlyList<long> inputShape) => inputShape;

    /// <inheritdoc/>
    public override long Cost(IReadOnlyList<long> inputShape) => inputShape.Aggregate(1L, (a, b) => a * b);

    /// <inheritdoc/>
    public override Tensor Forward(Tensor inputs_WN, PassTape tape)
    {
        if (!KernelCovers(inputs_WN, tape.Request))
        {
            return base.Forward(inputs_WN, tape);
        }

        var inputs_WNCHW = TensorMemory.ChannelsLast(inputs_WN);
        var terms = TermsOf(inputs_WNCHW, tape.Request);
        using var scale = terms.ScaleFor(inputs_WNCHW);
        using var shift = terms.ShiftFor(inputs_WNCHW);
        var outputs_WNCHW = Sums.OfProduct(shift, inputs_WNCHW, scale);
        if (tape.Request.Backward)
        {
            tape.Push(inputs_WNCHW);
            tape.Push(terms);
        }
        else
        {
            inputs_WNCHW.Dispose();
        }

        return outputs_WNCHW;
    }

    /// <inheritdoc/>
    public override Tensor? Backward(Tensor gradients_WN, PassTape tape)
    {
        if (!KernelCovers(gradients_WN, tape.Request))
        {
            return base.Backward(gradients_WN, tape);
        }

        using var inputs_WNCHW = tape.Pop();
        using var gradients_WNCHW = TensorMemory.ChannelsLast(gradients_WN);
        var terms = tape.PopTerms();
        var whole = inputs_WNCHW.size(0) == tape.Request.TimeSteps;
        var sums = whole && (tape.Request.WeightGradients || tape.Request.BatchNorm == BatchStatistics.Batch)
            ? ChannelSums.OfGradients(inputs_WNCHW, gradients_WNCHW, terms.Mean)
            : null;
        var inputGradients_WNCHW = InputGradients(terms, sums, inputs_WNCHW, gradients_WNCHW, tape.Request);
        tape.Probe?.Record(Name, Kind, inputGradients_WNCHW, gradients_WNCHW);
        if (tape.Request.WeightGradients && (sums ?? SumsOfWholePass(inputs_WNCHW, gradients_WNCHW, terms, tape)) is { } all)
        {
            AddWeightGradients(all, terms, inputs_WNCHW.dtype, tape);
        }

        return inputGradients_WNCHW;
    }

    /// <summary>Whether all steps of such a pass are normalised with one scale and shift a channel.</summary>
    internal bool IsOneScale(PassRequest request) =>
        scope == BatchNormScope.Sequence || request is { BatchNorm: BatchStatistics.Running, TrackStatistics: false };

    /// <summary>
    /// What normalising comes to in such a pass, where <see cref="IsOneScale"/>, for a window with its channels last in memory. Moves the
    /// running statistics where the pass does.
    /// </summary>
    internal ChannelTerms TermsOf(Tensor inputs_WNCHW, PassRequest request)
    {
        var batch = request.BatchNorm == BatchStatistics.Batch;
        var (weights, biases) = (TensorMemory.Read(weight.Value), TensorMemory.Read(bias.Value));
        var terms = batch ? null : ChannelTerms.Of(TensorMemory.Read(runningMean.Value), TensorMemory.Read(runningVar.Value), Eps, weights, biases);
        if (batch || request.TrackStatistics)
        {
            var statistics = ChannelStatistics.Of(inputs_WNCHW);
            terms ??= ChannelTerms.Of(statistics.Mean, statistics.Variance, Eps, weights, biases);
            if (request.TrackStatistics)
            {
                TensorMemory.Increment(batchesTracked.Value);
                Move(runningMean, statistics.Mean);
                Move(runningVar, statistics.UnbiasedVariance);
            }
        }

        return terms!;
    }

    /// <summary>What normalising with the running statistics comes to, on the device where they lie.</summary>
    internal ChannelScale RunningScale() => ChannelScale.Of(runningMean.Value, runningVar.Value, Eps, weight.Value, bias.Value);

    /// <summary>Sums for the gradients of weights, taken once all T steps are there: they must not depend on the window. Null before.</summary>
    internal ChannelSums? SumsOfWholePass(Tensor inputs_WNCHW, Tensor gradients_WNCHW, ChannelTerms terms, PassTape tape)
    {
        if (tape.Gather(this, inputs_WNCHW, gradients_WNCHW) is not var (inputs_TNCHW, gradients_TNCHW))
        {
            return null;
        }

        using (inputs_TNCHW)
        using (gradients_TNCHW)
        {
            return ChannelSums.OfGradients(inputs_TNCHW, gradients_TNCHW, terms.Mean);
        }
    }

    /// <summary>Whether the kernels do the work: statistics of the batch are those of all T steps, so a lesser window has none.</summary>
    internal bool KernelCovers(Tensor window_WN, PassRequest request) =>
        NormalizedNeuronKernel.Covers(window_WN) && IsOneScale(request)
        && (request is { BatchNorm: BatchStatistics.Running, TrackStatistics: false } || window_WN.size(0) == request.TimeSteps);

    /// <summary>Hands the gradients of γ and β to the tape, from the sums of dL/dx̂ and of dL/dx̂·(x − μ) over the whole pass.</summary>
    internal void AddWeightGradients(ChannelSums sums, ChannelTerms terms, ScalarType type, PassTape tape)
    {
        var products = sums.OfProducts;
        for (var channel = 0; channel < products.Length; channel++)
        {
            products[channel] *= terms.InverseDeviation[channel];
        }

        tape.AddWeightGradient(weight, Gradient(products, type));
        tape.AddWeightGradient(bias, Gradient(sums.OfValues, type));
    }

    /// <inheritdoc/>
    protected override Tensor Apply(Tensor input, IReadOnlyList<Tensor> weights, PassTape tape, long windowSteps, bool replay)
    {
        // A replay must not move the running statistics a second time.
        var track = tape.Request.TrackStatistics && !replay;
        if (tape.Request.BatchNorm == BatchStatistics.Running)
        {
            return OnRunningStatistics(input, weights, windowSteps, track);
        }

        return scope == BatchNormScope.Step
            ? StepByStep(input, windowSteps, step => OnItsOwnStatistics(step, weights, track))
            : OnItsOwnStatistics(input, weights, track);
    }

    private static Tensor InputGradients(ChannelTerms terms, ChannelSums? sums, Tensor inputs_WNCHW, Tensor gradients_WNCHW, PassRequest request)
    {
        if (request.BatchNorm == BatchStatistics.Running)
        {
            using var scale = terms.ScaleFor(inputs_WNCHW);
            return gradients_WNCHW * scale;
        }

        var inputGradients_WNCHW = empty_like(inputs_WNCHW);
        NormalizedNeuronKernel.ThroughStatistics(terms, sums!, inputs_WNCHW, gradients_WNCHW, inputGradients_WNCHW);
        return inputGradients_WNCHW;
    }

    private Tensor OnRunningStatistics(Tensor input, IReadOnlyList<Tensor> weights, long windowSteps, bool track)
    {
        if (!track)
        {
            return Normalise(input, weights, runningMean.Value, runningVar.Value, batchStatistics: false);
        }

        // The graph remembers copies: the running statistics move under it.
        using var mean = runningMean.Value.clone();
        using var variance = runningVar.Value.clone();
        var normalised = Normalise(input, weights, mean, variance, batchStatistics: false);
        using var untracked = input.detach();
        foreach (var part in untracked.chunk(scope == BatchNormScope.Step ? windowSteps : 1, 0))
        {
            using (part)
            {
                OnItsOwnStatistics(part, weights, track: true).Dispose();
            }
        }

        return normalised;
    }

    private Tensor OnItsOwnStatistics(Tensor input, IReadOnlyList<Tensor> weights, bool track)
    {
        if (track)
        {
            batchesTracked.Value.add_(1);
            return Normalise(input, weights, runningMean.Value, runningVar.Value, batchStatistics: true);
        }

        // libtorch moves what it is given: copies, thrown away.
        using var mean = runningMean.Value.clone();
        using var variance = runningVar.Value.clone();
        return Normalise(input, weights, mean, variance, batchStatistics: true);
    }

    private static Tensor Normalise(Tensor input, IReadOnlyList<Tensor> weights, Tensor mean, Tensor variance, bool batchStatistics)
    {
        // Always in one order of memory, channel by channel, gradients too: libtorch has a kernel for each order, and their bits differ.
        // A view of all values tells even where images of a single pixel leave the order open.
        using var contiguous = input.contiguous();
        using var values = contiguous.view(-1);
        using var images = values.view(input.shape);
        using var normalised = nn.functional.batch_norm(images, mean, variance, weights[0], weights[1], batchStatistics, Momentum, Eps);
        using var outputs = normalised.view(-1);
        return outputs.view(input.shape);
    }

    private static void Move(Parameter statistic, double[] found)
    {
        var moved = TensorMemory.Read(statistic.Value);
        for (var channel = 0; channel < moved.Length; channel++)
        {
            moved[channel] = Momentum * found[channel] + (1 - Momentum) * moved[channel];
        }

        TensorMemory.Write(moved, statistic.Value);
    }

    private static Tensor Gradient(double[] sums, ScalarType type)
    {
        var gradient = empty([sums.Length], type);
        TensorMemory.Write(sums, gradient);
        return gradient;
    }
}
