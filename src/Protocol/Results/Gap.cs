namespace SpikeTrail.Protocol.Results;

/// <summary>Something in a file that could not be read, and what became of it.</summary>
/// <param name="File">The file's name.</param>
/// <param name="Path">Where in it, such as <c>$.runs[0].cells[3].loss</c>.</param>
/// <param name="Problem">What was expected there and what was found.</param>
/// <param name="Outcome">What is shown in its place, or what is left out.</param>
public sealed record Gap(string File, string Path, string Problem, string Outcome)
{
    /// <summary>The path of what is left out whole; null where something stands in its place.</summary>
    public string? LeftOut { get; init; }

    /// <summary>Which of the runs that could be read it is in; null where it is in none of them.</summary>
    public int? Run { get; init; }

    /// <inheritdoc/>
    public override string ToString() => $"{File}: {Path}: {Problem}; {Outcome}";
}
