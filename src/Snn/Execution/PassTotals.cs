namespace SpikeTrail.Snn.Execution;

/// <summary>What the passes of a job came to so far.</summary>
/// <param name="images">Images counted before them.</param>
/// <param name="correct">How many of these were classified correctly.</param>
/// <param name="loss">Sum of their losses.</param>
public sealed class PassTotals(int images = 0, int correct = 0, double loss = 0)
{
    /// <summary>Images counted.</summary>
    public int Images { get; private set; } = images;

    /// <summary>Images classified correctly.</summary>
    public int Correct { get; private set; } = correct;

    /// <summary>Sum of the images' losses.</summary>
    public double Loss { get; private set; } = loss;

    /// <summary>Mean loss; 0 before the first image.</summary>
    public double MeanLoss => Images == 0 ? 0 : Loss / Images;

    /// <summary>Share classified correctly; 0 before the first image.</summary>
    public double Accuracy => Images == 0 ? 0 : (double)Correct / Images;

    /// <summary>Counts images: whether each is classified correctly, and its loss.</summary>
    public void Add(IReadOnlyList<bool> correct, IReadOnlyList<double> losses)
    {
        Images += correct.Count;
        Correct += correct.Count(isCorrect => isCorrect);
        Loss += losses.Sum();
    }
}
