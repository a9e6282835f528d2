using System.Text.RegularExpressions;
using SpikeTrail.Protocol;

namespace SpikeTrail.Actors.Configuration;

/// <summary>
/// Checks the grammar of a HOCON text before Akka's parser sees it. That parser forgives what it should not: a missing
/// brace ends the file early, a missing bracket makes it read for ever, a key without a value swallows the next line,
/// and <c>${base} { … }</c> drops the base. Every such slip is refused here, with its line.
/// </summary>
internal sealed partial class HoconSyntax
{
    private readonly string _text;
    private readonly string _file;
    private int _at;

    private HoconSyntax(string text, string file)
    {
        _text = text;
        _file = file;
    }

    /// <summary>Checks a whole file.</summary>
    /// <exception cref="InputException">The text is not HOCON; the message names file and line.</exception>
    public static void Check(string text, string file)
    {
        var syntax = new HoconSyntax(text, file);
        syntax.SkipToNext();
        if (syntax.Next == '{')
        {
            syntax.Section();
            syntax.SkipToNext();
        }

        syntax.Entries(opening: null);
    }

    /// <summary>The line a position is on, from 1.</summary>
    public static int LineOf(string text, int position) => 1 + text.AsSpan(0, Math.Min(position, text.Length)).Count('\n');

    private bool AtEnd => _at >= _text.Length;

    private char Next => AtEnd ? '\0' : _text[_at];

    private bool AtComment => Next == '#' || Follows("//");

    private bool AtEndOfValue => AtEnd || AtComment || Next is '\n' or ',' or '}' or ']';

    private void Section()
    {
        var opening = _at++;
        Entries(opening);
    }

    private void Entries(int? opening)
    {
        for (SkipToNext(); !AtEnd; SkipToNext())
        {
            if (Next == '}')
            {
                if (opening is null)
                {
                    throw Error(_at, "this } closes nothing");
                }

                _at++;
                return;
            }

            Entry();
        }

        if (opening is { } brace)
        {
            throw Error(brace, "this { is never closed");
        }
    }

    private void Entry()
    {
        var start = _at;
        while (!AtEndOfValue && Next is not ('=' or ':' or '{' or '['))
        {
            SkipTextOrQuotes();
        }

        var key = _text[start.._at].Trim();
        if (key.Length == 0)
        {
            throw Error(start, $"expected a key, found {Next}");
        }

        if (key.StartsWith("include ", StringComparison.Ordinal))
        {
            throw Error(start, "include is not supported: a configuration is one file");
        }

        if (Next is '{' or '=' or ':' && !Key().IsMatch(key))
        {
            throw Error(start, $"expected a key, found {key}");
        }

        if (Next == '{')
        {
            Section();
            SkipSpaces();
            if (Next == ',')
            {
                // HOCON allows it, Akka's parser does not.
                throw Error(_at, $"a comma can follow a section only if = stands before its {{: {key} = {{ … }},");
            }
        }
        else if (Next is '=' or ':')
        {
            _at++;
            Value($"a value after {key} {_text[_at - 1]}");
        }
        else
        {
            throw Error(start, $"expected = or {{ after {key}");
        }
    }

    /// <summary>One value, or several beside each other: texts, lists and substitutions can be joined.</summary>
    private void Value(string expected)
    {
        var start = _at;
        var afterSubstitution = false;
        var empty = true;
        for (SkipSpaces(); !AtEndOfValue; SkipSpaces())
        {
            switch (Next)
            {
                case '{' when afterSubstitution:
                    throw Error(_at, "a section cannot follow a substitution: write its keys out");
                case '{':
                    Section();
                    break;
                case '[':
                    List();
                    break;
                case '=' or ':':
                    throw Error(_at, $"found {Next} inside a value: put the value in quotes, or start a new line");
                default:
                    afterSubstitution = Next == '$';
                    SkipTextOrQuotes();
                    break;
            }

            empty = false;
        }

        if (empty)
        {
            throw Error(start, $"expected {expected}");
        }
    }

    private void List()
    {
        var opening = _at++;
        for (SkipToNext(); Next != ']'; SkipToNext())
        {
            if (AtEnd || Next == '}')
            {
                throw Error(opening, "this [ is never closed");
            }

            Value("an element");
        }

        _at++;
    }

    private void SkipTextOrQuotes()
    {
        switch (Next)
        {
            case '"' when Follows("\"\"\""):
                Text();
                break;
            case '"':
                Quotes();
                break;
            case '$' when Follows("${?"):
                throw Error(_at, "optional substitutions ${?…} are not supported");
            case '$' when Follows("${"):
                Substitution();
                break;
            case '$' or '`' or '^' or '?' or '!' or '@' or '*' or '&' or '\\':
                throw Error(_at, $"found {Next} outside quotes: put the text in quotes");
            default:
                _at++;
                break;
        }
    }

    private void Substitution()
    {
        var name = _at + 2;
        var end = name;
        while (end < _text.Length && (char.IsAsciiLetterOrDigit(_text[end]) || _text[end] is '.' or '-' or '_'))
        {
            end++;
        }

        _at = end > name && end < _text.Length && _text[end] == '}' ? end + 1 : throw Error(_at, "expected a key path and } after ${");
    }

    private void Quotes()
    {
        var opening = _at++;
        while (Next != '"')
        {
            if (AtEnd || Next == '\n')
            {
                throw Error(opening, "this \" is never closed");
            }

            _at += Next == '\\' ? 2 : 1;
        }

        _at++;
    }

    /// <summary>A text in three quotes may have several lines.</summary>
    private void Text()
    {
        var end = _text.IndexOf("\"\"\"", _at + 3, StringComparison.Ordinal);
        _at = end >= 0 ? end + 3 : throw Error(_at, "this \"\"\" is never closed");
    }

    private void SkipSpaces()
    {
        while (Next is ' ' or '\t' or '\r')
        {
            _at++;
        }
    }

    /// <summary>Goes on to the next key, value or closing mark: over white space, commas and comments.</summary>
    private void SkipToNext()
    {
        while (!AtEnd)
        {
            if (AtComment)
            {
                var end = _text.IndexOf('\n', _at);
                _at = end >= 0 ? end : _text.Length;
            }
            else if (char.IsWhiteSpace(Next) || Next == ',')
            {
                _at++;
            }
            else
            {
                return;
            }
        }
    }

    private bool Follows(string expected) => string.CompareOrdinal(_text, _at, expected, 0, expected.Length) == 0;

    // Names of letters, digits, '-', '_' and '/', or in quotes, with a dot between two.
    [GeneratedRegex("""^("[^"]+"|[\w/-]+)(\.("[^"]+"|[\w/-]+))*\z""")]
    private static partial Regex Key();

    private InputException Error(int position, string complaint) => new($"{_file} line {LineOf(_text, position)}: {complaint}");
}
