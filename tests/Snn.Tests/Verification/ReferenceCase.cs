using System.Text.Json.Nodes;
using SpikeTrail.Snn.Tests.Networks;
using static TorchSharp.torch;

namespace SpikeTrail.Snn.Tests.Verification;

/// <summary>A case computed by <see cref="ReferenceNetwork"/> and written as golden cases are.</summary>
internal sealed record ReferenceCase
{
    public bool Sew { get; init; } = true;

    public int Depth { get; init; } = 10;

    public string Pool { get; init; } = "max";

    public int Classes { get; init; } = 10;

    public double Width { get; init; } = 1 / 16.0;

    public int Channels { get; init; } = 3;

    public int Side { get; init; } = 32;

    public int Images { get; init; } = 2;

    public int TimeSteps { get; init; } = 10;

    public long Seed { get; init; } = 1;

    public double Epsilon { get; init; } = 8 / 255.0;

    public double StepSize { get; init; } = 0.01;

    public int Iterations { get; init; } = 7;

    public int AdamSteps { get; init; } = 3;

    public Semantics Semantics { get; init; } = new();

    /// <summary>Computes the case.</summary>
    public JsonObject Compute()
    {
        using var scope = NewDisposeScope();
        var images = Golden.Unit("image", Seed, Images * Channels * Side * Side).Select(u => Math.Floor((u + 1) * 128)).ToArray();
        var labels = Golden.Unit("label", Seed, Images).Select(u => (long)Math.Floor((u + 1) / 2 * Classes)).ToArray();
        var encoded = Encoded(images);
        var network = new ReferenceNetwork(this);
        var json = new JsonObject
        {
            ["arch"] = $"{(Sew ? "sew" : "spiking")}_resnet{Depth}",
            ["pool"] = Pool,
            ["classes"] = Classes,
            ["batch"] = Images,
            ["seed"] = Seed,
            ["T"] = TimeSteps,
            ["dtype"] = "float64",
            ["labels"] = Array(labels),
            ["image_sum"] = (long)images.Sum(),
            ["encoded"] = Sampled(encoded, 16),
            ["state_dict_keys"] = new JsonArray([.. network.Layout.Select(entry => new JsonArray(entry.Key, Array(entry.Shape)))]),
            ["eval"] = Gradients(new ReferenceNetwork(this), encoded, labels, batchStatistics: false),
            ["train"] = Gradients(new ReferenceNetwork(this), encoded, labels, batchStatistics: true),
        };
        var fgsm = new ReferenceNetwork(this);
        json["fgsm"] = Fgsm(fgsm, encoded, labels);
        json["pgd"] = Pgd(Semantics.PgdAfterFgsm ? fgsm : new ReferenceNetwork(this), encoded, labels);
        json["adam"] = Adam(network, encoded, labels);
        if (Width != 1)
        {
            json["width"] = Width;
        }

        if (Channels != 3)
        {
            json["channels"] = Channels;
        }

        if (Side != 32)
        {
            json["image_size"] = Side;
        }

        return json;
    }

    private Tensor Encoded(double[] bytes)
    {
        var values = new double[TimeSteps * bytes.Length];
        for (var t = 0; t < TimeSteps; t++)
        {
            var bit = Semantics.LeastBitFirst ? t % 8 : 7 - t % 8;
            for (var i = 0; i < bytes.Length; i++)
            {
                values[t * bytes.Length + i] = ((int)bytes[i] >> bit) & 1;
            }
        }

        return tensor(values, [TimeSteps, Images, Channels, Side, Side]);
    }

    private Tensor Loss(Tensor logits, long[] labels)
    {
        var loss = nn.functional.cross_entropy(logits, tensor(labels));
        return Semantics.LossIsSum ? loss * labels.Length : loss;
    }

    private JsonObject Gradients(ReferenceNetwork network, Tensor encoded, long[] labels, bool batchStatistics)
    {
        using var scope = NewDisposeScope();
        var inputs = encoded.clone().requires_grad_();
        var logits = network.Forward(inputs, batchStatistics);
        var loss = Loss(logits, labels);
        loss.backward();

        var probes = new JsonArray();
        foreach (var (module, type, input) in network.Calls.AsEnumerable().Reverse())
        {
            var gradient = input.grad!;
            var zeros = gradient.NumberOfElements - gradient.count_nonzero().item<long>();
            probes.Add(new JsonObject
            {
                ["module"] = module,
                ["type"] = type,
                ["zeros"] = zeros,
                ["total"] = gradient.NumberOfElements,
                ["norm"] = gradient.norm().item<double>(),
            });
        }

        var json = new JsonObject
        {
            ["logits"] = Rows(logits),
            ["loss"] = loss.item<double>(),
            ["input_gradient"] = Sampled(inputs.grad!, 16),
            ["probes"] = Sew ? probes : null,
            ["weight_gradients"] = Tensors(network.Weights.Select(weight => KeyValuePair.Create(weight.Key, weight.Value.grad!))),
        };
        if (batchStatistics)
        {
            json["running_statistics_after"] = Tensors(network.State.Where(entry => !entry.Value.requires_grad));
        }

        return json;
    }

    private Tensor GradientAt(ReferenceNetwork network, Tensor at, long[] labels)
    {
        using var scope = NewDisposeScope();
        var before = network.State.Where(entry => !entry.Value.requires_grad).ToDictionary(entry => entry.Key, entry => entry.Value.clone());
        var inputs = at.detach().clone().requires_grad_();
        Loss(network.Forward(inputs, batchStatistics: !Semantics.AttackOnRunningStatistics), labels).backward();
        if (!Semantics.CarriesStatistics)
        {
            foreach (var (key, value) in before)
            {
                network.State[key].copy_(value);
            }
        }

        return inputs.grad!.MoveToOuterDisposeScope();
    }

    private JsonArray Prediction(ReferenceNetwork network, Tensor inputs) =>
        Rows(network.Forward(inputs, Semantics.PredictionOnBatchStatistics));

    private Tensor Clamped(Tensor values) => Semantics.Clamps ? values.clamp(0, 1) : values;

    private JsonObject Fgsm(ReferenceNetwork network, Tensor encoded, long[] labels)
    {
        using var scope = NewDisposeScope();
        var adversarial = Clamped(encoded + Epsilon * GradientAt(network, encoded, labels).sign());
        return new JsonObject { ["epsilon"] = Epsilon, ["adversarial"] = Sampled(adversarial, 16), ["logits"] = Prediction(network, adversarial) };
    }

    private JsonObject Pgd(ReferenceNetwork network, Tensor encoded, long[] labels)
    {
        using var scope = NewDisposeScope();
        var noise = tensor(Golden.Unit("pgd_start", Seed, encoded.NumberOfElements), encoded.shape) * Epsilon;
        var adversarial = Semantics.StartsAtNoise ? Clamped(encoded + noise) : encoded;
        for (var i = 0; i < Iterations; i++)
        {
            var moved = adversarial + StepSize * GradientAt(network, adversarial, labels).sign();
            adversarial = Clamped(Semantics.Projects ? encoded + (moved - encoded).clamp(-Epsilon, Epsilon) : moved);
        }

        return new JsonObject
        {
            ["epsilon"] = Epsilon,
            ["alpha"] = StepSize,
            ["iterations"] = Iterations,
            ["start"] = "unit('pgd_start') * epsilon",
            ["adversarial"] = Sampled(adversarial, 16),
            ["logits"] = Prediction(network, adversarial),
        };
    }

    /// <summary>Adam as its paper has it: both moments corrected by themselves before the step.</summary>
    private JsonObject Adam(ReferenceNetwork network, Tensor encoded, long[] labels)
    {
        const double rate = 1e-3;
        const double decay = 1e-3;
        using var scope = NewDisposeScope();
        var (beta1, beta2) = Semantics.AdamDecays;
        var moments = network.Weights.ToDictionary(weight => weight.Key, weight => (First: zeros_like(weight.Value), Second: zeros_like(weight.Value)));
        var losses = new JsonArray();
        for (var step = 1; step <= AdamSteps; step++)
        {
            using var stepScope = NewDisposeScope();
            var loss = Loss(network.Forward(encoded, batchStatistics: true), labels);
            losses.Add(loss.item<double>());
            loss.backward();
            using var noGradient = no_grad();
            foreach (var (key, weight) in network.Weights.ToList())
            {
                var gradient = Semantics.CoupledDecay ? weight.grad! + decay * weight : weight.grad!;
                var first = beta1 * moments[key].First + (1 - beta1) * gradient;
                var second = beta2 * moments[key].Second + (1 - beta2) * gradient * gradient;
                moments[key] = (first.MoveToOuterDisposeScope(), second.MoveToOuterDisposeScope());
                var (correction1, correction2) = Semantics.AdamCorrectsBias ? (1 - Math.Pow(beta1, step), 1 - Math.Pow(beta2, step)) : (1, 1);
                var change = rate * (first / correction1) / ((second / correction2).sqrt() + 1e-8);
                network.State[key] = (weight - change - (Semantics.CoupledDecay ? 0 : rate * decay) * weight).detach().requires_grad_().MoveToOuterDisposeScope();
            }
        }

        return new JsonObject { ["lr"] = rate, ["weight_decay"] = decay, ["losses"] = losses, ["weights_after"] = Tensors(network.Weights) };
    }

    private static JsonObject Tensors(IEnumerable<KeyValuePair<string, Tensor>> tensors) =>
        new(tensors.Select(entry => KeyValuePair.Create(entry.Key, (JsonNode?)Sampled(entry.Value, 4))));

    private static JsonObject Sampled(Tensor tensor, int samples)
    {
        var flat = tensor.detach().flatten();
        var at = Enumerable.Range(0, samples).Select(i => i * 2654435761L % flat.NumberOfElements).ToArray();
        return new JsonObject
        {
            ["shape"] = Array(tensor.shape),
            ["sum"] = flat.sum().item<double>(),
            ["l1"] = flat.abs().sum().item<double>(),
            ["l2"] = flat.norm().item<double>(),
            ["zeros"] = flat.eq(0).sum().item<long>(),
            ["at"] = Array(at),
            ["values"] = new JsonArray([.. at.Select(place => JsonValue.Create(flat[place].item<double>()))]),
        };
    }

    private static JsonArray Rows(Tensor matrix) =>
        new([.. Enumerable.Range(0, (int)matrix.shape[0]).Select(row => new JsonArray([.. TestNetworks.Values(matrix[row].detach()).Select(value => JsonValue.Create(value))]))]);

    private static JsonArray Array(IEnumerable<long> values) => new([.. values.Select(value => JsonValue.Create(value))]);
}
