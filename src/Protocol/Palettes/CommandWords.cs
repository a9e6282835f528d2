using System.Text;

namespace SpikeTrail.Protocol.Palettes;

/// <summary>The words of a line, as a shell would tell them apart: quotes keep blanks together, a backslash takes the next letter as it is.</summary>
public static class CommandWords
{
    /// <summary>Splits a line.</summary>
    /// <exception cref="InputException">A quote is not closed.</exception>
    public static string[] Split(string line) =>
        Read(line) is (var words, null) ? [.. words] : throw new InputException("a quote is not closed");

    /// <summary>Splits a line that is still being written: the last word, perhaps empty, is the one under way.</summary>
    public static (string[] Before, string Last) SplitUnfinished(string line)
    {
        var (words, quote) = Read(line);
        var last = words.Count > 0 && (quote is not null || !EndsInBlank(line)) ? words[^1] : null;
        return last is null ? ([.. words], "") : ([.. words[..^1]], last);
    }

    /// <summary>A word as it is to be written in a line.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && !word.Any(letter => char.IsWhiteSpace(letter) || letter is '\'' or '"' or '\\')
            ? word
            : $"\"{word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static bool EndsInBlank(string line) => line.Length > 0 && char.IsWhiteSpace(line[^1]) && !line.EndsWith("\\ ", StringComparison.Ordinal);

    private static (List<string> Words, char? OpenQuote) Read(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var begun = false;
        char? quote = null;
        for (var i = 0; i < line.Length; i++)
        {
            var letter = line[i];
            if (letter == '\\' && quote != '\'' && i + 1 < line.Length)
            {
                word.Append(line[++i]);
                begun = true;
            }
            else if (letter == quote)
            {
                quote = null;
            }
            else if (quote is null && letter is '\'' or '"')
            {
                quote = letter;
                begun = true;
            }
            else if (quote is null && char.IsWhiteSpace(letter))
            {
                End();
            }
            else
            {
                word.Append(letter);
                begun = true;
            }
        }

        End();
        return (words, quote);

        void End()
        {
            if (begun)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            begun = false;
        }
    }
}
