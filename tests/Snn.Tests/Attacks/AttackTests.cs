using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Attacks;
using SpikeTrail.Snn.Randomness;
using static SpikeTrail.Snn.Tests.TestNetworks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Attacks;

public sealed class AttackTests
{
    private const int Images = 3;

    public static MatrixTheoryData<AttackKind, double> Budgets { get; } =
        new([AttackKind.Fgsm, AttackKind.IteratedFgsm, AttackKind.Pgd, AttackKind.Noise], [0.5, 2, 8, 64]);

    [Theory]
    [MemberData(nameof(Budgets))]
    public void An_attack_stays_in_its_budget_and_in_the_range_of_images(AttackKind kind, double epsilon)
    {
        var attack = Create(kind, epsilon, iterations: 10);
        using var clean = Reals("clean", value => value);
        var adversarial = attack.Start(clean, Stream);
        for (var iteration = 0; iteration <= attack.Iterations; iteration++)
        {
            AssertInBounds(Values(adversarial), Values(clean), epsilon / 255);
            using var gradient = Reals($"gradient {iteration}", value => value - 0.5);
            using var before = adversarial;
            adversarial = attack.Step(before, clean, gradient);
        }

        AssertInBounds(Values(adversarial), Values(clean), epsilon / 255);
        Assert.NotEqual(Values(clean), Values(adversarial));
        adversarial.Dispose();
    }

    [Fact]
    public void Fgsm_moves_every_pixel_with_a_gradient_by_the_whole_budget()
    {
        using var clean = tensor([0.5, 0.5, 0.5, 0.99, 0.01]).reshape(1, 1, 1, 5);
        using var gradient = tensor([1e-9, -3.0, 0, 1, -1]).reshape(1, 1, 1, 5);
        using var attacked = new Fgsm(0.125).Step(clean, clean, gradient);

        Assert.Equal([0.625, 0.375, 0.5, 1, 0], Values(attacked));
    }

    [Fact]
    public void Iterated_steps_add_up_until_the_budget_is_spent()
    {
        var attack = new IteratedFgsm(epsilon: 0.25, stepSize: 0.125, iterations: 3);
        using var clean = tensor([0.5, 0.5]).reshape(1, 1, 1, 2);
        using var gradient = tensor([1.0, -1]).reshape(1, 1, 1, 2);
        using var start = attack.Start(clean, Stream);
        using var first = attack.Step(start, clean, gradient);
        using var second = attack.Step(first, clean, gradient);
        using var third = attack.Step(second, clean, gradient);

        Assert.Equal(Values(clean), Values(start));
        Assert.Equal([0.625, 0.375], Values(first));
        Assert.Equal([0.75, 0.25], Values(second));
        Assert.Equal([0.75, 0.25], Values(third));
    }

    [Fact]
    public void A_random_start_is_an_images_own_whatever_batch_it_is_in()
    {
        var attack = new Pgd(8 / 255.0, 2.55 / 255, iterations: 7);
        using var clean = Reals("clean", value => value);
        using var middle = clean.narrow(0, 1, 1);
        using var together = attack.Start(clean, Stream);
        using var again = attack.Start(clean, Stream);
        using var alone = attack.Start(middle, _ => Stream(1));
        using var cutOut = together.narrow(0, 1, 1);

        Assert.Equal(Values(together), Values(again));
        Assert.Equal(Values(cutOut), Values(alone));
    }

    [Fact]
    public void Random_starts_fill_the_budget_evenly()
    {
        using var clean = full([1, 1, 100, 100], 0.5, dtype: ScalarType.Float64);
        using var start = new Pgd(0.1, 0.01, iterations: 1).Start(clean, Stream);
        var moves = Values(start).Select(value => value - 0.5).ToList();

        Assert.InRange(moves.Average(), -0.005, 0.005);
        Assert.InRange(moves.Max(), 0.099, 0.1 + 1e-12);
        Assert.InRange(moves.Min(), -0.1 - 1e-12, -0.099);
    }

    [Fact]
    public void Noise_is_where_PGD_starts()
    {
        var noise = Attack.Create(new AttackSpec { Name = "noise", Kind = AttackKind.Noise, Restarts = 3 }, 8)!;
        using var clean = Reals("clean", value => value);
        using var drawn = noise.Start(clean, Stream);
        using var start = new Pgd(8 / 255.0, 1 / 255.0, iterations: 7).Start(clean, Stream);

        Assert.Equal(Values(start), Values(drawn));
        Assert.Equal((0, 3), (noise.Iterations, noise.Restarts));
    }

    [Fact]
    public void No_attack_is_none() => Assert.Null(Attack.Create(new AttackSpec { Name = "none", Kind = AttackKind.None }, 8));

    [Fact]
    public void Budgets_and_steps_are_given_in_bytes()
    {
        var attack = Attack.Create(new AttackSpec { Name = "pgd", Kind = AttackKind.Pgd, Iterations = 7, Restarts = 3 }, 8)!;

        Assert.Equal(8 / 255.0, attack.Epsilon);
        Assert.Equal((7, 3), (attack.Iterations, attack.Restarts));
    }

    private static Attack Create(AttackKind kind, double epsilon, int iterations) =>
        Attack.Create(new AttackSpec { Name = "any", Kind = kind, StepSize = 2.55, Iterations = iterations }, epsilon)!;

    private static CounterRandom Stream(int image) => CounterRandom.For(8, "attack test").At(image);

    private static Tensor Reals(string purpose, Func<double, double> map)
    {
        var random = CounterRandom.For(9, purpose);
        return tensor([.. Enumerable.Range(0, Images * 2 * 5 * 5).Select(i => map(random.Uniform(i)))], [Images, 2, 5, 5]);
    }

    private static void AssertInBounds(double[] images, double[] clean, double epsilon)
    {
        Assert.All(images, pixel => Assert.InRange(pixel, 0, 1));
        Assert.All(images.Zip(clean), pair => Assert.InRange(pair.First - pair.Second, -epsilon - 1e-12, epsilon + 1e-12));
    }
}
