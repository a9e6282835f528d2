using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Networks;
using SpikeTrail.Snn.Training;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Training;

public sealed class OptimizerTests
{
    private const double Rate = 0.1;

    private static readonly OptimizerSpec Adam = new() { Kind = OptimizerKind.Adam, WeightDecay = 0.01, Beta1 = 0.8, Beta2 = 0.95 };
    private static readonly OptimizerSpec Sgd = new() { Kind = OptimizerKind.Sgd, WeightDecay = 0.01, Momentum = 0.9 };
    private static readonly double[] Gradients = [0.5, -0.25, 2];

    public static TheoryData<OptimizerKind> Kinds { get; } = [.. Enum.GetValues<OptimizerKind>()];

    [Fact]
    public void Adam_follows_its_published_equations_with_the_decay_added_to_the_gradient()
    {
        var (w, m, v) = (1.0, 0.0, 0.0);
        var expected = new List<double>();
        for (var step = 1; step <= 3; step++)
        {
            var g = Gradients[step - 1] + 0.01 * w;
            m = 0.8 * m + 0.2 * g;
            v = 0.95 * v + 0.05 * g * g;
            w -= Rate * (m / (1 - Math.Pow(0.8, step))) / (Math.Sqrt(v / (1 - Math.Pow(0.95, step))) + 1e-8);
            expected.Add(w);
        }

        AssertClose(expected, Run(Adam));
    }

    [Theory]
    [InlineData(ScalarType.Float32, 0.01, 2e-6)]
    [InlineData(ScalarType.Float32, 0, 2e-6)]
    [InlineData(ScalarType.Float64, 0.01, 1e-14)]
    [InlineData(ScalarType.Float64, 0, 1e-14)]
    public void Adam_moves_weights_as_TorchSharps_own_does_with_the_same_gradients(ScalarType type, double decay, double tolerance)
    {
        var spec = Adam with { WeightDecay = decay };
        using var generator = new Generator(7);
        using var initial = randn([1_000], type, generator: generator);
        using var weight = new Parameter("w", [1_000], type, ParameterRole.Trained, () => initial.clone());
        using var theirWeight = new TorchSharp.Modules.Parameter(initial.clone());
        using var ours = Optimizer.Create(spec);
        using var theirs = optim.Adam([theirWeight], Rate, spec.Beta1, spec.Beta2, spec.Epsilon, spec.WeightDecay);

        // Of both signs and every size, from 1e-12 to 100; the first hundred are none at all.
        using var exponents = linspace(Math.Log(1e-12), Math.Log(100), 1_000, type);
        using var sizes = exponents.exp();
        sizes[..100] = 0;
        for (var step = 0; step < 5; step++)
        {
            using var noise = randn([1_000], type, generator: generator);
            using var gradient = noise * sizes;
            theirWeight.grad = gradient;
            theirs.step();
            ours.Step(weight, gradient, Rate);

            Assert.True(theirWeight.allclose(weight.Value, tolerance, tolerance), $"step {step + 1}");
        }
    }

    [Fact]
    public void The_first_step_of_Adam_is_as_long_as_the_rate() => Assert.Equal(1 - Rate, Run(Adam)[0], 7);

    [Fact]
    public void Momentum_sums_gradients_with_the_decay_added()
    {
        var (w, velocity) = (1.0, 0.0);
        var expected = new List<double>();
        foreach (var gradient in Gradients)
        {
            velocity = 0.9 * velocity + gradient + 0.01 * w;
            w -= Rate * velocity;
            expected.Add(w);
        }

        AssertClose(expected, Run(Sgd));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Training_goes_on_from_a_saved_state_as_if_never_interrupted(OptimizerKind kind)
    {
        var spec = kind == OptimizerKind.Adam ? Adam : Sgd;
        using var weight = Weight(1);
        using var optimizer = Optimizer.Create(spec);
        Step(optimizer, weight, Gradients[0]);
        Step(optimizer, weight, Gradients[1]);

        using var resumedWeight = Weight(Values(weight.Value).Single());
        using var resumed = Optimizer.Create(spec);
        foreach (var (saved, fresh) in optimizer.State([weight]).Zip(resumed.State([resumedWeight])))
        {
            Assert.Equal(saved.Key, fresh.Key);
            fresh.Value.copy_(saved.Value);
        }

        Assert.Equal(Step(optimizer, weight, Gradients[2]), Step(resumed, resumedWeight, Gradients[2]));
    }

    [Fact]
    public void The_state_lies_beside_each_trained_weight_under_its_key()
    {
        using var weight = Weight(1);
        using var statistic = new Parameter("running_mean", [1], ScalarType.Float32, ParameterRole.Statistic, () => zeros(1));
        using var adam = Optimizer.Create(Adam);
        using var sgd = Optimizer.Create(Sgd);

        Assert.Equal(["optimizer.step.w", "optimizer.exp_avg.w", "optimizer.exp_avg_sq.w"], adam.State([weight, statistic]).Select(entry => entry.Key));
        Assert.Equal(["optimizer.momentum_buffer.w"], sgd.State([weight, statistic]).Select(entry => entry.Key));
    }

    [Fact]
    public void The_cosine_schedule_starts_full_and_goes_towards_zero()
    {
        var training = new TrainingSpec { Epochs = 4, Schedule = LearningRateSchedule.Cosine, Optimizer = new OptimizerSpec { LearningRate = 2 } };

        Assert.Equal(2, LearningRate.At(training, 1), 12);
        Assert.Equal(1 + Math.Sqrt(0.5), LearningRate.At(training, 2), 12);
        Assert.Equal(1, LearningRate.At(training, 3), 12);
        Assert.Equal(1 - Math.Sqrt(0.5), LearningRate.At(training, 4), 12);
    }

    [Fact]
    public void A_constant_schedule_stays()
    {
        var training = new TrainingSpec { Epochs = 4, Optimizer = new OptimizerSpec { LearningRate = 2 } };

        Assert.All([1, 2, 3, 4], epoch => Assert.Equal(2, LearningRate.At(training, epoch)));
    }

    private static List<double> Run(OptimizerSpec spec)
    {
        using var weight = Weight(1);
        using var optimizer = Optimizer.Create(spec);
        return [.. Gradients.Select(gradient => Step(optimizer, weight, gradient))];
    }

    private static double Step(Optimizer optimizer, Parameter weight, double gradient)
    {
        using var gradient_tensor = tensor(new[] { gradient });
        optimizer.Step(weight, gradient_tensor, Rate);
        return Values(weight.Value).Single();
    }

    private static Parameter Weight(double value) => new("w", [1], ScalarType.Float64, ParameterRole.Trained, () => tensor(new[] { value }));

    private static void AssertClose(List<double> expected, List<double> actual) =>
        Assert.All(expected.Zip(actual), pair => Assert.InRange(pair.Second - pair.First, -1e-14, 1e-14));
}
