using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Randomness;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Attacks;

/// <summary>
/// What an attack on one batch moves in, and how that becomes the train [T, N, C, H, W] that the network sees and its
/// gradient comes back. Whatever moves is in [0, 1] and has the image as its first axis: [N, …].
/// </summary>
/// <param name="clean_N">Where no attack has been: owned by the space.</param>
internal abstract class AttackSpace(Tensor clean_N) : IDisposable
{
    /// <summary>Where no attack has been, [N, …].</summary>
    public Tensor Clean_N { get; } = clean_N;

    /// <summary>The space that a protocol lets attacks move in.</summary>
    public static AttackSpace Create(TestSetting setting, ImageBatch batch) => setting.Protocol.Domain switch
    {
        AttackDomain.Pixels => new PixelSpace(setting, batch),
        AttackDomain.EncodedTrain => new TrainSpace(setting, batch),
        _ => throw new ArgumentOutOfRangeException(nameof(setting), setting.Protocol.Domain, "no such attack domain"),
    };

    /// <summary>Whether what the network is shown depends on the randomness it is shown with.</summary>
    public static bool DrawsCode(TestSetting setting) => setting.Protocol.Domain == AttackDomain.Pixels && setting.Encoder.Draws;

    /// <summary>What the network is shown, [T, N, C, H, W].</summary>
    /// <param name="attacked_N">Where an attack is.</param>
    /// <param name="epsilon">The budget in [0, 1].</param>
    /// <param name="code">Randomness for codes that draw, afresh for every showing.</param>
    public abstract Tensor Show(Tensor attacked_N, double epsilon, CounterRandom code);

    /// <summary>dL/dattacked, [N, …], from dL/dtrain.</summary>
    public abstract Tensor Gradient(Tensor gradients_TN);

    /// <inheritdoc/>
    public void Dispose() => Clean_N.Dispose();
}

/// <summary>
/// Pixels [N, C, H, W]: rounded to bytes within the budget, then encoded; the gradient comes back straight through both.
/// </summary>
internal sealed class PixelSpace(TestSetting setting, ImageBatch batch) : AttackSpace(batch.Bytes_NCHW / 255)
{
    public override Tensor Show(Tensor attacked_N, double epsilon, CounterRandom code)
    {
        using var bytes = Bytes(attacked_N, epsilon);
        return setting.Encoder.Encode(bytes, image => code.At(batch.Indices[image]));
    }

    public override Tensor Gradient(Tensor gradients_TN) => setting.Encoder.Backward(gradients_TN, setting.Protocol.PhaseWeights);

    /// <summary>The images as an image file would hold them: whole bytes, no further from the clean ones than eps.</summary>
    public Tensor Bytes(Tensor attacked_NCHW, double epsilon)
    {
        // The small addition keeps a whole eps such as 8/255 · 255 from being floored to 7.
        var wholeEpsilon = Math.Floor(epsilon * 255 + 1e-6);
        using var bytes = attacked_NCHW * 255;
        using var change = bytes.round_() - batch.Bytes_NCHW;
        return batch.Bytes_NCHW + change.clamp_(-wholeEpsilon, wholeEpsilon);
    }
}

/// <summary>The encoded train itself, [N, T, C, H, W]: each time step on its own, its values no longer a code's.</summary>
internal sealed class TrainSpace(TestSetting setting, ImageBatch batch) : AttackSpace(Encode(setting, batch))
{
    public override Tensor Show(Tensor attacked_N, double epsilon, CounterRandom code) => Swap(attacked_N);

    public override Tensor Gradient(Tensor gradients_TN) => Swap(gradients_TN);

    private static Tensor Encode(TestSetting setting, ImageBatch batch)
    {
        var code = setting.Random("test-code");
        using var train_TN = setting.Encoder.Encode(batch.Bytes_NCHW, image => code.At(batch.Indices[image]));
        return Swap(train_TN);
    }

    private static Tensor Swap(Tensor values)
    {
        using var swapped = values.transpose(0, 1);
        return swapped.contiguous();
    }
}
