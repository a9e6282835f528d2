using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using SpikeTrail.Protocol;
using SpikeTrail.Protocol.Campaigns;
using SpikeTrail.Snn.Networks;

namespace SpikeTrail.Snn.Verification;

/// <summary>
/// Reads a case file and holds everything in it against everything else, before anything large is made: a network is
/// described without its weights, and what a file may ask for is bounded.
/// </summary>
public static partial class GoldenCaseReader
{
    private const long LargestFile = 64L << 20;

    /// <summary>T·N·C·H·W; the published size is 61,440. All else that a case makes grows with it.</summary>
    private const long MostInputs = 1L << 20;

    /// <summary>Some times those of the largest published network.</summary>
    private const long MostWeights = 200_000_000;

    /// <summary>A label is a byte.</summary>
    private const int MostClasses = 256;

    private static readonly int[] Depths = [10, 18, 34, 50, 101, 152];

    /// <summary>Reads a file.</summary>
    /// <exception cref="InputException">The file is unreadable, or is no case, or contradicts itself.</exception>
    public static GoldenCase Read(string file)
    {
        try
        {
            using var stream = File.OpenRead(file);
            if (stream.Length > LargestFile)
            {
                throw new InputException($"{file}: expected a case of at most {LargestFile >> 20} MiB, got {stream.Length >> 20} MiB");
            }

            using var document = JsonDocument.Parse(stream, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return Read(file, CaseElement.Root(file, document.RootElement));
        }
        catch (Exception damage) when (damage is JsonException or InvalidOperationException)
        {
            // The latter is a string of broken characters.
            throw new InputException($"{file}: not JSON: {damage.Message.ReplaceLineEndings(" ")}", damage);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{file}: {failure.Message}", failure);
        }
    }

    private static GoldenCase Read(string file, CaseElement root)
    {
        if (root["dtype"].Text() != "float64")
        {
            throw root["dtype"].Wrong("float64, in which the figures of a case are computed");
        }

        var channels = root.Find("channels")?.Integer(1, 1024) ?? 3;
        var side = root.Find("image_size")?.Integer(1, 1024) ?? 32;
        long[] imageShape = [channels, side, side];
        var classes = (int)root["classes"].Integer(1, MostClasses);
        var images = (int)root["batch"].Integer(1, MostInputs);
        var timeSteps = (int)root["T"].Integer(1, MostInputs);
        long[] inputShape = [timeSteps, images, .. imageShape];
        if (inputShape.Aggregate(1.0, (a, b) => a * b) > MostInputs)
        {
            throw root.Refuse($"expected at most {MostInputs} input values, got {string.Join(" x ", inputShape)} (T, batch, channels, image_size twice)");
        }

        if (timeSteps * images < 2)
        {
            throw root["batch"].Wrong("at least two of images and time steps together: batch statistics of one value are none");
        }

        var spec = ReadNetwork(root);
        var network = Network.Create(spec, imageShape, classes, seed: 0);
        if (network.TrainedCount > MostWeights)
        {
            throw root.Refuse($"expected a network of at most {MostWeights} weights, got {network.TrainedCount} ({spec.Name}, width {spec.Width})");
        }

        CheckStateDict(root["state_dict_keys"], network);
        var trained = network.Parameters.Where(parameter => parameter.Role == ParameterRole.Trained).ToList();
        var statistics = network.Parameters.Where(parameter => parameter.Role == ParameterRole.Statistic && parameter.Shape.Count > 0).ToList();
        var logits = (Rows: images, Columns: classes);
        return new GoldenCase
        {
            File = file,
            Network = spec,
            ImageShape = imageShape,
            Classes = classes,
            Images = images,
            TimeSteps = timeSteps,
            Seed = root["seed"].Integer(long.MinValue, long.MaxValue),
            Labels = [.. root["labels"].Items(images).Select(label => (byte)label.Integer(0, classes - 1))],
            ImageSum = root["image_sum"].Integer(0, long.MaxValue),
            Encoded = ReadSampled(root["encoded"], inputShape),
            Eval = ReadGradients(root["eval"], logits, inputShape, trained, []),
            Train = ReadGradients(root["train"], logits, inputShape, trained, statistics),
            Fgsm = ReadFgsm(root["fgsm"], logits, inputShape),
            Pgd = ReadPgd(root["pgd"], logits, inputShape),
            Adam = ReadAdam(root["adam"], trained),
            Unchecked = [.. root.Unread],
        };
    }

    private static NetworkSpec ReadNetwork(CaseElement root)
    {
        var arch = root["arch"].Text();
        if (Architecture().Match(arch) is not { Success: true } match
            || !int.TryParse(match.Groups["depth"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out var depth)
            || !Depths.Contains(depth))
        {
            string[] known = [.. from family in new[] { "sew", "spiking" } from layers in Depths select $"{family}_resnet{layers}"];
            throw root["arch"].Wrong($"one of {string.Join(", ", known)}");
        }

        var sew = match.Groups["family"].ValueSpan is "sew";
        return new NetworkSpec
        {
            Name = arch,
            Family = sew ? NetworkFamily.SewResNet : NetworkFamily.SpikingResNet,
            Depth = depth,
            Width = root.Find("width")?.Number(from: 0.01, to: 4) ?? 1,
            Pool = root["pool"].Text() switch
            {
                "max" => PoolKind.Max,
                "avg" => PoolKind.Average,
                _ => throw root["pool"].Wrong("max or avg"),
            },
            Neuron = new NeuronSpec { DetachReset = sew },
        };
    }

    [GeneratedRegex("^(?<family>sew|spiking)_resnet(?<depth>[0-9]+)$")]
    private static partial Regex Architecture();

    private static void CheckStateDict(CaseElement keys, Network network)
    {
        var ours = network.Parameters.ToDictionary(parameter => parameter.Key, StringComparer.Ordinal);
        var missing = network.Parameters.Select(parameter => parameter.Key).ToHashSet(StringComparer.Ordinal);
        foreach (var item in keys.Items())
        {
            var pair = item.Items(2);
            var key = pair[0].Text();
            if (!ours.TryGetValue(key, out var parameter))
            {
                throw pair[0].Wrong($"a key of the network's state dict{Suggestion.Ask(key, missing)}");
            }

            if (!missing.Remove(key))
            {
                throw pair[0].Wrong("every key once");
            }

            ExpectShape(pair[1], parameter.Shape, $"{key} of shape ");
        }

        if (missing.Count > 0)
        {
            throw keys.Refuse($"expected the network's {ours.Count} keys, but {network.Parameters.First(parameter => missing.Contains(parameter.Key)).Key} is missing");
        }
    }

    private static GradientFigures ReadGradients(
        CaseElement section, (int Rows, int Columns) logits, long[] inputShape, List<Parameter> trained, List<Parameter> statistics) => new(
        ReadMatrix(section["logits"], logits),
        section["loss"].Number(),
        ReadSampled(section["input_gradient"], inputShape),
        ReadTensors(section["weight_gradients"], trained),
        ReadProbes(section),
        statistics.Count == 0 ? new Dictionary<string, SampledTensor>() : ReadTensors(section["running_statistics_after"], statistics));

    /// <summary>A case lists a module once a backward call, last layer first; a module of ours is one line over all time steps.</summary>
    private static List<ModuleProbe>? ReadProbes(CaseElement section)
    {
        if (!section.Has("probes"))
        {
            throw section.Missing("probes");
        }

        return section.Find("probes")?.Items()
            .Select(call =>
            {
                var total = call["total"].Integer(0, long.MaxValue);
                return new ModuleProbe(call["module"].Text(), call["type"].Text(), call["zeros"].Integer(0, total), total, call["norm"].Number(from: 0));
            })
            .GroupBy(call => (call.Module, call.Kind))
            .Select(calls => new ModuleProbe(
                calls.Key.Module,
                calls.Key.Kind,
                calls.Sum(call => call.Zeros),
                calls.Sum(call => call.Elements),
                Math.Sqrt(calls.Sum(call => call.Norm * call.Norm))))
            .Reverse()
            .ToList();
    }

    private static AttackFigures ReadFgsm(CaseElement section, (int Rows, int Columns) logits, long[] inputShape)
    {
        var epsilon = section["epsilon"].Number(from: 0, to: 1);
        return new(epsilon, epsilon, 1, ReadSampled(section["adversarial"], inputShape), ReadMatrix(section["logits"], logits));
    }

    private static AttackFigures ReadPgd(CaseElement section, (int Rows, int Columns) logits, long[] inputShape)
    {
        if (section["start"].Text() != "unit('pgd_start') * epsilon")
        {
            throw section["start"].Wrong("unit('pgd_start') * epsilon");
        }

        return new(
            section["epsilon"].Number(from: 0, to: 1),
            section["alpha"].Number(from: 0, to: 1),
            (int)section["iterations"].Integer(0, 1000),
            ReadSampled(section["adversarial"], inputShape),
            ReadMatrix(section["logits"], logits));
    }

    private static AdamFigures ReadAdam(CaseElement section, List<Parameter> trained) => new(
        section["lr"].Number(from: 0),
        section["weight_decay"].Number(from: 0),
        [.. section["losses"].Items().Select(loss => loss.Number())],
        ReadTensors(section["weights_after"], trained));

    private static double[] ReadMatrix(CaseElement matrix, (int Rows, int Columns) size) =>
        [.. matrix.Items(size.Rows).SelectMany(row => row.Items(size.Columns)).Select(value => value.Number())];

    private static Dictionary<string, SampledTensor> ReadTensors(CaseElement tensors, List<Parameter> parameters) =>
        parameters.ToDictionary(parameter => parameter.Key, parameter => ReadSampled(tensors[parameter.Key], parameter.Shape), StringComparer.Ordinal);

    private static SampledTensor ReadSampled(CaseElement tensor, IReadOnlyList<long> shape)
    {
        ExpectShape(tensor["shape"], shape, "");
        var count = shape.Aggregate(1L, (a, b) => a * b);
        var at = tensor["at"].Items();
        return new SampledTensor(
            shape,
            tensor["sum"].Number(),
            tensor["l1"].Number(from: 0),
            tensor["l2"].Number(from: 0),
            tensor["zeros"].Integer(0, count),
            [.. at.Select(place => place.Integer(0, count - 1))],
            [.. tensor["values"].Items(at.Count).Select(value => value.Number())]);
    }

    private static void ExpectShape(CaseElement element, IReadOnlyList<long> shape, string what)
    {
        long[] stated = [.. element.Items().Select(size => size.Integer(0, long.MaxValue))];
        if (!stated.SequenceEqual(shape))
        {
            throw element.Refuse($"expected {what}[{string.Join(", ", shape)}], got [{string.Join(", ", stated.Take(8))}{(stated.Length > 8 ? ", …" : "")}]");
        }
    }
}
