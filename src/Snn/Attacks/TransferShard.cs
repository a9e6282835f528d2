using SpikeTrail.Protocol.Telemetry;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Attacks;

/// <summary>Another network's images of a slice.</summary>
/// <param name="Starts">How many there are of each image; an image has to withstand all.</param>
/// <param name="Bytes">The images, [starts, N, C, H, W], row-major, as <see cref="SliceShard.Images"/> gives them.</param>
public sealed record TransferredImages(int Starts, ReadOnlyMemory<byte> Bytes);

/// <summary>
/// Measures a slice of the test set on images that attacks on other networks made of it: predictions alone, by the protocol's rule, those of
/// several cells side by side.
/// </summary>
/// <param name="setting">On what, and by which rules.</param>
/// <param name="images">Each cell's images.</param>
/// <param name="slice">Which images, in the protocol's order.</param>
public sealed class TransferShard(TestSetting setting, IReadOnlyList<TransferredImages> images, Range slice) : IPassJob
{
    private readonly List<WorstCaseTally> _tallies = [.. images.Select(_ => new WorstCaseTally(setting.NewCourse()))];

    /// <inheritdoc/>
    public PassTotals Totals { get; } = new();

    /// <inheritdoc/>
    public long Cost => setting.Count(slice) * images.Sum(cell => cell.Starts);

    /// <inheritdoc/>
    public double? InputZeroFraction => null;

    /// <summary>What each cell was measured to be, in their order; complete once all passes have run.</summary>
    public IReadOnlyList<Measurement> Measurements => [.. _tallies.Select(tally => tally.Measurement)];

    /// <inheritdoc/>
    public IEnumerable<BatchPass> Passes()
    {
        var first = 0;
        return setting.Batches(slice).SelectMany(indices =>
        {
            var passes = Batch(indices, first);
            first += indices.Length;
            return passes;
        });
    }

    private IEnumerable<BatchPass> Batch(int[] indices, int first)
    {
        using var batch = setting.Load(indices);
        using var space = AttackSpace.Create(setting, batch);
        _tallies.ForEach(tally => tally.BeginBatch(indices.Length));
        var questions =
            from cell in images.Zip(_tallies, (shown, tally) => (Shown: shown, Tally: tally))
            from start in Enumerable.Range(0, cell.Shown.Starts)
            select new Question(() => Show(cell.Shown, start, first, batch), answer => Take(cell.Tally, start, answer));
        foreach (var pass in new SharedPass(setting, batch, space).Ask(setting.Prediction, questions))
        {
            yield return pass;
        }

        foreach (var tally in _tallies)
        {
            tally.EndBatch();
            Totals.Add(tally.Correct, tally.Losses);
        }
    }

    private static void Take(WorstCaseTally tally, int start, Answer answer)
    {
        if (start == 0)
        {
            tally.Course?.AddLosses(0, answer.Losses);
        }

        tally.Withstood(answer.Correct, answer.Losses);
    }

    /// <summary>A code that draws at random draws afresh for every start, as for images that this network's own attacks made.</summary>
    private Tensor Show(TransferredImages shown, int start, int first, ImageBatch batch)
    {
        var (count, imageBytes) = ((int)setting.Count(slice), setting.Images.ImageBytes);
        var bytes = shown.Bytes.Slice((start * count + first) * imageBytes, batch.Labels.Count * imageBytes).ToArray();
        using var unsigned = tensor(bytes, batch.Bytes_NCHW.shape, ScalarType.Byte);
        using var typed_NCHW = unsigned.to_type(setting.Type);
        var code = setting.Random("attack-code").At(start).At(0);
        return setting.Encoder.Encode(typed_NCHW, image => code.At(batch.Indices[image]));
    }
}
