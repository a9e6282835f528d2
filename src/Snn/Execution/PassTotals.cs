namespace SpikeTrail.Snn.Execution;

/// <summary>What the passes of a job came to so far.</summary>
public sealed class PassTotals
{
    /// <summary>Images counted.</summary>
    public int Images { get; private set; }

    /// <summary>Images classified correctly.</summary>
    public int Correct { get; private set; }

    /// <summary>Sum of the images' losses.</summary>
    public double Loss { get; private set; }

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
