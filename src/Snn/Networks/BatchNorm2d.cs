using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Kernels;
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
        var (weights, biases) = (Figures(weight), Figures(bias));
        var terms = batch ? null : ChannelTerms.Of(Figures(runningMean), Figures(runningVar), Eps, weights, biases);
        if (batch || request.TrackStatistics)
        {
            var statistics = ChannelStatistics.Of(inputs_WNCHW);
            terms ??= ChannelTerms.Of(statistics.Mean, statistics.Variance, Eps, weights, biases);
            if (request.TrackStatistics)
            {
                batchesTracked.Value.add_(1);
                Move(runningMean, statistics.Mean);
                Move(runningVar, statistics.UnbiasedVariance);
            }
        }

        return terms!;
    }

    /// <summary>Hands the gradients of γ and β to the tape, from the sums of dL/dx̂ and of dL/dx̂·(x − μ) over the whole pass.</summary>
    internal void AddWeightGradients(ChannelSums sums, ChannelTerms terms, ScalarType type, PassTape tape)
    {
        tape.AddWeightGradient(weight, tensor([.. sums.OfProducts.Zip(terms.InverseDeviation, (sum, inverse) => sum * inverse)], type));
        tape.AddWeightGradient(bias, tensor(sums.OfValues, type));
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

    private static Tensor Normalise(Tensor input, IReadOnlyList<Tensor> weights, Tensor mean, Tensor variance, bool batchStatistics) =>
        nn.functional.batch_norm(input, mean, variance, weights[0], weights[1], batchStatistics, Momentum, Eps);

    private static double[] Figures(Parameter parameter)
    {
        using var real = parameter.Value.to_type(ScalarType.Float64);
        return real.data<double>().ToArray();
    }

    private static void Move(Parameter statistic, double[] found)
    {
        using var moved = tensor([.. Figures(statistic).Zip(found, (old, now) => Momentum * now + (1 - Momentum) * old)]);
        statistic.Value.copy_(moved);
    }
}
