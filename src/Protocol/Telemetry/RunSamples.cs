namespace SpikeTrail.Protocol.Telemetry;

/// <summary>
/// Samples of what happens in a run's trained network, for people to look at: the first test images, clean and attacked, and what every layer
/// of neurons fired for them. No number of the results comes from here. Batch norm is on its running statistics.
/// </summary>
/// <param name="Channels">C: 1 for grey, 3 for red, green and blue.</param>
/// <param name="Height">H, in pixels.</param>
/// <param name="Width">W, in pixels.</param>
/// <param name="Attack">The attack; null where the campaign has none whose attacked images are pictures.</param>
/// <param name="Images">The images.</param>
/// <param name="Clean">What each layer of neurons fired for the clean images, in the network's order.</param>
/// <param name="Attacked">The same for the attacked images; empty without an attack.</param>
public sealed record RunSamples(
    int Channels,
    int Height,
    int Width,
    SampledAttack? Attack,
    IReadOnlyList<SampledImage> Images,
    IReadOnlyList<LayerSpikes> Clean,
    IReadOnlyList<LayerSpikes> Attacked);

/// <summary>The attack that samples are of, as its cell in the results has it; of several random starts it is the first.</summary>
/// <param name="Protocol">The protocol's name.</param>
/// <param name="Attack">The attack's name.</param>
/// <param name="Epsilon">The budget in units of 1/255.</param>
public sealed record SampledAttack(string Protocol, string Attack, double Epsilon);

/// <summary>A test image, clean and attacked.</summary>
/// <param name="Index">Its place in the test set, from 0.</param>
/// <param name="Label">Its true class.</param>
/// <param name="Clean">It as it is.</param>
/// <param name="Attacked">It attacked; null without an attack.</param>
public sealed record SampledImage(int Index, int Label, ShownImage Clean, ShownImage? Attacked);

/// <summary>An image that the network was shown, and what it took it for.</summary>
/// <param name="Pixels">Its bytes [C, H, W], row-major, in base64.</param>
/// <param name="Class">The predicted class.</param>
/// <param name="Probability">That class's probability, in [0, 1]; not a number where the network has diverged.</param>
public sealed record ShownImage(string Pixels, int Class, double Probability);
