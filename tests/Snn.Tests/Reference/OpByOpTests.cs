using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Protocol.Passes;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Encoders;
using SpikeTrail.Snn.Execution;
using SpikeTrail.Snn.Randomness;
using SpikeTrail.Snn.Reference;
using SpikeTrail.Snn.Training;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Reference;

/// <summary>The benchmark's reference computes what the product computes: a tiny network in float64.</summary>
public sealed class OpByOpTests : IDisposable
{
    private const int TimeSteps = 4;
    private const int Images = 3;
    private const double Tolerance = 1e-9;

    private readonly PhaseEncoder _encoder = new(TimeSteps, bits: 8);
    private readonly LocalPipeline _ours;
    private readonly OpByOpNetwork _reference;
    private readonly ImageBatch _batch;

    public OpByOpTests()
    {
        var network = TestNetworks.Create(TestNetworks.Small(precision: Precision.Float64));
        _reference = new OpByOpNetwork(network.Parameters, TimeSteps);
        _ours = new LocalPipeline(network);
        var shape = TestNetworks.InputShape;
        var random = CounterRandom.For(1, "test-images");
        var bytes = Enumerable.Range(0, (int)(Images * shape[0] * shape[1] * shape[2])).Select(i => Math.Floor(256 * random.Uniform(i))).ToArray();
        _batch = new ImageBatch(tensor(bytes, [Images, .. shape]), TestNetworks.Labels(Images), [.. Enumerable.Range(0, Images)]);
    }

    public void Dispose()
    {
        _ours.Dispose();
        _reference.Dispose();
        _batch.Dispose();
    }

    [Fact]
    public void Loss_and_weight_gradients_of_a_training_step_agree()
    {
        using var trainer = new OpByOpTrainer(_reference, new OptimizerSpec());
        using var inputs_TN = Encoded();
        using var pass = new BatchPass(PassRequest.Training(default, TimeSteps, learningRate: 1e-3), inputs_TN.alias(), _batch.Labels);

        var loss = trainer.Backward(inputs_TN, _batch.Labels);
        var compared = 0;
        _ours.Run(pass, (parameter, gradient) =>
        {
            using var expected = _reference.State[parameter.Key].grad;
            Assert.InRange(TestNetworks.Difference(expected!, gradient), 0, Tolerance);
            compared++;
        });

        Assert.Equal(loss, pass.Outcome.Prediction.Losses.Average(), Tolerance);
        Assert.Equal(_reference.Trained.Count, compared);
        Assert.Contains(_reference.Trained, weight => weight.grad!.count_nonzero().item<long>() > 0);
    }

    [Fact]
    public void Weights_and_running_statistics_agree_after_training_steps()
    {
        using var trainer = new OpByOpTrainer(_reference, new OptimizerSpec());
        using var inputs_TN = Encoded();
        for (var step = 0; step < 3; step++)
        {
            using var pass = new BatchPass(PassRequest.Training(default, TimeSteps, learningRate: 1e-3), inputs_TN.alias(), _batch.Labels);
            trainer.Step(inputs_TN, _batch.Labels);
            _ours.Run(pass);
        }

        foreach (var parameter in _ours.Groups.SelectMany(group => group.Parameters).Where(parameter => parameter.Type == ScalarType.Float64))
        {
            // Adam divides by the root of what may be next to nothing: rounding grows.
            Assert.InRange(TestNetworks.Difference(_reference.State[parameter.Key], parameter.Value), 0, 1e-5);
        }
    }

    [Fact]
    public void Gradients_and_predictions_of_an_attack_agree()
    {
        var attacker = new OpByOpAttacker(_reference, _encoder);
        var attack = new Pgd(epsilon: 8 / 255.0, stepSize: 0.01, iterations: 1);
        using var clean_NCHW = _batch.Bytes_NCHW / 255;
        using var inputs_TN = Encoded();
        using var pass = new BatchPass(PassRequest.AdversarialStep(default, TimeSteps, probes: false), inputs_TN.alias(), _batch.Labels);
        _ours.Run(pass);
        using var expected_NCHW = _encoder.Backward(pass.Outcome.InputGradients_TN!);

        using var gradient_NCHW = attacker.Gradient(clean_NCHW, attack.Epsilon, _batch);
        var prediction = attacker.Predict(_batch);

        Assert.InRange(TestNetworks.Difference(expected_NCHW, gradient_NCHW), 0, Tolerance);
        Assert.NotEqual(0, gradient_NCHW.count_nonzero().item<long>());
        Assert.Equal(pass.Outcome.Prediction.Losses.Sum(), prediction.Losses.Sum(), Tolerance);
        Assert.Equal(pass.Outcome.Prediction.Correct, prediction.Classes.Zip(_batch.Labels, (predicted, label) => predicted == label));
    }

    [Fact]
    public void An_attack_stays_within_its_budget()
    {
        var attacker = new OpByOpAttacker(_reference, _encoder);
        using var clean_NCHW = _batch.Bytes_NCHW / 255;

        using var attacked_NCHW = attacker.Craft(new Pgd(epsilon: 8 / 255.0, stepSize: 0.01, iterations: 3), _batch, image => CounterRandom.For(1, "start").At(image));

        using var change_NCHW = attacked_NCHW - clean_NCHW;
        Assert.InRange(change_NCHW.abs().max().item<double>(), 1e-3, 8 / 255.0 + 1e-12);
    }

    [Fact]
    public void No_tensor_is_left_behind()
    {
        using var trainer = new OpByOpTrainer(_reference, new OptimizerSpec());
        var attacker = new OpByOpAttacker(_reference, _encoder);
        Work();
        var before = Tensor.TotalCount;

        Work();

        Assert.Equal(before, Tensor.TotalCount);

        void Work()
        {
            using var inputs_TN = Encoded();
            trainer.Step(inputs_TN, _batch.Labels);
            attacker.Craft(new Fgsm(8 / 255.0), _batch, _ => default).Dispose();
            attacker.Predict(_batch);
        }
    }

    private Tensor Encoded() => _encoder.Encode(_batch.Bytes_NCHW, _ => default);
}
