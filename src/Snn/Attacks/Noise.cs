namespace SpikeTrail.Snn.Attacks;

/// <summary>
/// No attack but chance: images drawn uniformly from the eps ball, as PGD's starts are, all of which an image has to withstand. An
/// attack that follows gradients must do at least what its own starting points do; images of which that is not true show a gradient
/// that cannot be followed. (Signs of full length would be the longer perturbation, but in a phase code the weaker one: ±8 flips fewer
/// bits than most numbers within.)
/// </summary>
/// <param name="epsilon">The budget in [0, 1]; 0 shows the images themselves again.</param>
/// <param name="draws">How many are drawn for each image.</param>
public sealed class Noise(double epsilon, int draws) : Pgd(epsilon, stepSize: 0, iterations: 0, draws);
