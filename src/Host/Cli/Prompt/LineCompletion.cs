using SpikeTrail.Protocol.Palettes;

namespace SpikeTrail.Host.Cli.Prompt;

/// <summary>What Tab does to a line: as far as there is no choice it is written out, then the choices are shown.</summary>
internal sealed record LineCompletion(EditedLine Line, IReadOnlyList<string> Choices)
{
    public static LineCompletion Of(EditedLine line, Func<string, IReadOnlyList<string>> complete)
    {
        var before = line.Text[..line.Cursor];
        var (_, last) = CommandWords.SplitUnfinished(before);
        var candidates = complete(before);
        // A word in quotes is left to the one who writes it.
        if (candidates.Count == 0 || !before.EndsWith(last, StringComparison.Ordinal))
        {
            return new(line, []);
        }

        var common = CommandCompletion.CommonStart(candidates);
        if (candidates is [var only])
        {
            return new(Replace(line, last, only.EndsWith('/') ? only : $"{CommandWords.Quote(only)} "), []);
        }

        return common.Length > last.Length ? new(Replace(line, last, common), []) : new(line, candidates);
    }

    private static EditedLine Replace(EditedLine line, string last, string by)
    {
        var start = line.Cursor - last.Length;
        return new EditedLine(line.Text.Remove(start, last.Length), start).Insert(by);
    }
}
